/** The embedded server cannot be used; the message is one line that tells an operator what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
