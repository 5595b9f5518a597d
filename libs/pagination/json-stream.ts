const JSON_TYPE = 'application/json; charset=utf-8';

/** A response of JSON that is made as the client takes it. */
export class JsonStream {
  /**
   * @param texts the JSON in parts
   * @param close called when the response has been sent or given up
   * @param next the cursor of the next page, if there is one
   * @param type what the texts are together
   */
  constructor(
    readonly texts: Iterable<string> | AsyncIterable<string>,
    readonly close: () => void = () => undefined,
    readonly next?: string,
    readonly type = JSON_TYPE,
  ) {}
}
