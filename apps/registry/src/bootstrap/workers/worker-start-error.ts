/** A worker exited before it was ready for the first time. The message is for the operator. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}
