import { DocumentList } from './document-list.js';

/** What a search notes of every document; see {@link QuestionScorer} and {@link FusedScores}. */
export interface SearchArrays {
  readonly scores: Float64Array;
  readonly scored: DocumentList;
  readonly inName: Uint8Array;
  readonly inResource: Uint8Array;
  readonly inPath: Uint8Array;
  readonly strengths: Float32Array;
  readonly fields: Uint32Array;
  readonly touched: DocumentList;
  readonly sums: Float64Array;
  readonly best: Float64Array;
  readonly found: DocumentList;
}

/** Keeps the arrays of one search for the next one: megabytes of garbage a search would stop the process again and again. */
export class SearchMemory {
  private arrays = arraysOf(0);

  /** Arrays without anything in them, for at least so many documents, until the next call. */
  forDocuments(count: number): SearchArrays {
    if (this.arrays.scores.length < count) {
      this.arrays = arraysOf(count);
    } else {
      const { scored, touched, found, ...numbers } = this.arrays;
      for (const array of Object.values(numbers)) array.fill(0);
      for (const list of [scored, touched, found]) list.clear();
    }
    return this.arrays;
  }
}

function arraysOf(count: number): SearchArrays {
  return {
    scores: new Float64Array(count),
    scored: new DocumentList(count),
    inName: new Uint8Array(count),
    inResource: new Uint8Array(count),
    inPath: new Uint8Array(count),
    strengths: new Float32Array(count),
    fields: new Uint32Array(count),
    touched: new DocumentList(count),
    sums: new Float64Array(count),
    best: new Float64Array(count),
    found: new DocumentList(count),
  };
}
