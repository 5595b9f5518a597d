import { BodyTooSlow } from '#registry/http/bodies/body.errors.js';
import type { IncomingBody } from '#registry/http/bodies/receive-body.js';
import { StalledBodies } from '#registry/http/bodies/stalled-bodies.js';
import { afterEach, beforeEach, describe, expect, it, jest } from '../../support/jest.js';

const KIBIBYTE = 1024;
const STALL_MS = 5000;

/** A body of which bytes come when the test says so. */
class Arriving implements IncomingBody {
  received = 0;
  givenUpFor: Error | undefined;
  private reject: (reason: Error) => void = () => undefined;
  readonly bytes = new Promise<Buffer>((_, reject) => {
    this.reject = reject;
  });

  giveUp(reason: Error): void {
    this.givenUpFor = reason;
    this.reject(reason);
  }
}

describe('bodies that stall', () => {
  let isWaitedFor = true;
  let givenUp = 0;
  let stalled: StalledBodies;

  beforeEach(() => {
    jest.useFakeTimers();
    isWaitedFor = true;
    givenUp = 0;
    stalled = new StalledBodies(
      () => isWaitedFor,
      () => (givenUp += 1),
    );
  });
  afterEach(() => {
    stalled.close();
    jest.useRealTimers();
  });

  function watched(): Arriving {
    const body = new Arriving();
    stalled.watch(body).catch(() => undefined);
    return body;
  }

  it('are given up while others wait, however they trickle; those that make progress are not', () => {
    const [still, trickling, steady] = [watched(), watched(), watched()];
    stalled.look();
    jest.advanceTimersByTime(STALL_MS);
    expect([still, trickling, steady].map(({ givenUpFor }) => givenUpFor)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    trickling.received += 64 * KIBIBYTE - 1;
    steady.received += 64 * KIBIBYTE;
    jest.advanceTimersByTime(STALL_MS);
    expect([still, trickling].map(({ givenUpFor }) => givenUpFor)).toEqual([
      expect.any(BodyTooSlow),
      expect.any(BodyTooSlow),
    ]);
    expect(steady.givenUpFor).toBeUndefined();
    expect(givenUp).toBe(2);
    expect(still.givenUpFor).toMatchObject({ status: 408, code: 'body-too-slow' });
  });

  it('are left alone while no one waits', () => {
    const body = watched();
    isWaitedFor = false;
    stalled.look();
    jest.advanceTimersByTime(10 * STALL_MS);
    isWaitedFor = true;
    stalled.look();
    jest.advanceTimersByTime(STALL_MS);
    expect(body.givenUpFor).toBeUndefined();
    jest.advanceTimersByTime(STALL_MS);
    expect(body.givenUpFor).toBeInstanceOf(BodyTooSlow);
  });
});
