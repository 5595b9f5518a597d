/** A worker that ended before it was ready for the first time. The message is what the operator is to read. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}
