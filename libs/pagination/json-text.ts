/** An item of a list that is JSON already. */
export class JsonText {
  constructor(readonly text: string) {}
}

export function jsonOf(item: unknown): string {
  return item instanceof JsonText ? item.text : JSON.stringify(item);
}
