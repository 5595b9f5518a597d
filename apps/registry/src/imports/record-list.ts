/** A record of the source and what is said of it. */
export interface ImportRemark {
  /** Location in the source. */
  readonly record: string;
  readonly detail: string;
}

/** More are only counted: a broken source must not fill the memory. */
const MAX_KEPT = 1000;

/** Remarks on records: the first ones, and the number of all. */
export class RecordList {
  readonly remarks: ImportRemark[] = [];
  private count = 0;

  /** Number of remarks, including those that are only counted. */
  get total(): number {
    return this.count;
  }

  add(record: string, detail: string): void {
    this.count += 1;
    if (this.remarks.length < MAX_KEPT) this.remarks.push({ record, detail });
  }

  /** Adds the remarks of a part. */
  include(part: RecordList): void {
    for (const { record, detail } of part.remarks) this.add(record, detail);
    this.count += part.count - part.remarks.length;
  }
}
