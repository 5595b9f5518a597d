/** Numbers of documents in the order of their arrival, each at most once; it never grows, so that it costs no garbage. */
export class DocumentList {
  private readonly items: Uint32Array;
  private size = 0;

  /** @param most of how many documents there are */
  constructor(most: number) {
    this.items = new Uint32Array(most);
  }

  add(document: number): void {
    this.items[this.size] = document;
    this.size += 1;
  }

  /** The documents until the next {@link add} or {@link clear}. */
  get documents(): Uint32Array {
    return this.items.subarray(0, this.size);
  }

  clear(): void {
    this.size = 0;
  }
}
