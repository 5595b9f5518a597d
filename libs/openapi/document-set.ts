/** One document of a description. */
export interface SourceDocument {
  /** Where it was read, without a fragment: its references are relative to it. Undefined for standard input. */
  readonly url: URL | undefined;
  readonly value: unknown;
  /** How many references lead from the root to it. */
  readonly depth: number;
}

/** A reference that leads out of its document. */
export interface OutsideReference {
  readonly reference: string;
  /** The document that holds the reference, and the place there. */
  readonly document: SourceDocument;
  readonly pointer: string;
}

/** Port: the documents of a description, and the rule which of them may be read. */
export interface DocumentSet {
  readonly root: SourceDocument;

  /**
   * Reads the document that a reference leads to, once.
   *
   * @throws UnusableDocument when it must not or cannot be read
   */
  read(from: OutsideReference): Promise<SourceDocument>;

  /** The document that a reference in another one leads to; `undefined` when it was not read. */
  known(reference: string, document: SourceDocument): SourceDocument | undefined;
}
