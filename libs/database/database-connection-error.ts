/** The database cannot be reached, or does not let us in. The message is one line for the operator. */
export class DatabaseConnectionError extends Error {
  override readonly name = 'DatabaseConnectionError';
}
