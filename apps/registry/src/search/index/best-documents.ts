/** Keeps the best documents of many, best first, without sorting all. */
export class BestDocuments {
  readonly documents: number[] = [];

  /** @param compare negative when the first document comes before the second; never 0 for two documents */
  constructor(
    private readonly size: number,
    private readonly compare: (a: number, b: number) => number,
  ) {}

  offer(document: number): void {
    const { documents, compare, size } = this;
    const last = documents.at(-1);
    if (documents.length === size && (last === undefined || compare(document, last) > 0)) return;
    let low = 0;
    let high = documents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(documents[middle] ?? 0, document) < 0) low = middle + 1;
      else high = middle;
    }
    documents.splice(low, 0, document);
    if (documents.length > size) documents.pop();
  }
}
