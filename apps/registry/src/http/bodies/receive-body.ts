import type { Readable } from 'node:stream';
import type { Reservation } from '#libs/memory/byte-budget.js';
import { type BodyLimit, BodyTooLarge } from './body.errors.js';

/** A body on its way. */
export interface IncomingBody {
  /** Bytes that have come so far. */
  readonly received: number;
  /** All of it, in memory of its own. Rejects with what `giveUp` was told, and when the client goes away. */
  readonly bytes: Promise<Buffer>;
  giveUp(reason: Error): void;
}

/**
 * Receives a body into memory that was lent for it.
 *
 * @param announced its length; undefined: it is counted as it comes, and `loan` grows with it
 */
export function receiveBody(
  payload: Readable,
  announced: number | undefined,
  limit: BodyLimit,
  loan: Reservation,
): IncomingBody {
  // Pages that nothing is written to take no memory.
  const whole = announced === undefined ? undefined : Buffer.allocUnsafeSlow(announced);
  const chunks: Buffer[] = [];
  let received = 0;
  let giveUp: (reason: Error) => void = () => undefined;
  const bytes = new Promise<Buffer>((resolve, reject) => {
    const settle = (): void => {
      payload.off('data', take).off('end', finish).off('error', giveUp).off('close', goneAway);
    };
    const take = (chunk: Buffer): void => {
      if (whole === undefined) {
        if (received + chunk.length > limit.bytes) {
          giveUp(new BodyTooLarge(undefined, limit));
          return;
        }
        try {
          loan.grow(chunk.length);
        } catch (error) {
          giveUp(error as Error);
          return;
        }
        chunks.push(chunk);
      } else chunk.copy(whole, received);
      received += chunk.length;
    };
    const finish = (): void => {
      settle();
      resolve(whole ?? ownCopy(chunks, received));
    };
    giveUp = (reason) => {
      settle();
      // What else goes wrong with the connection, no one waits for any more.
      payload.on('error', () => undefined).pause();
      reject(reason);
    };
    const goneAway = (): void => {
      giveUp(Object.assign(new Error('The client went away'), { statusCode: 400 }));
    };
    payload.on('data', take).on('end', finish).on('error', giveUp).on('close', goneAway);
  });
  return {
    get received() {
      return received;
    },
    bytes,
    giveUp: (reason) => {
      giveUp(reason);
    },
  };
}

/** Not a part of the pool that small buffers share: it is handed to another thread. */
function ownCopy(chunks: readonly Buffer[], length: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
