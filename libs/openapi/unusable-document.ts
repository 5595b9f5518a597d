/** A description that cannot be turned into endpoints. The message is one line, to be read after the document's name. */
export class UnusableDocument extends Error {
  override readonly name = 'UnusableDocument';
}

/** Its schemas have too many values once their references are written out; sharing definitions helps. */
export class TooManyValues extends UnusableDocument {}
