/** JSON that stays the text it is: nothing reads it, so that nothing changes it. */
export class JsonText {
  constructor(readonly text: string) {}

  /** For `JSON.stringify`, which changes numbers that a double cannot hold; `jsonOf` of json-pieces.ts does not. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
