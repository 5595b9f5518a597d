import {
  loopbackAddresses,
  type LoopbackOrigins,
  startLoopbackOrigins,
} from '#bench/origins/loopback-origins.js';
import { afterEach, beforeEach, describe, expect, it } from '../../support/jest.js';

// Linux alone has all of 127.0.0.0/8 on its loopback interface.
(process.platform === 'linux' ? describe : describe.skip)('loopback origins', () => {
  let origins: LoopbackOrigins;

  beforeEach(async () => {
    origins = await startLoopbackOrigins();
  });
  afterEach(() => origins.stop());

  it('answer on every address and tell what came when, once', async () => {
    const before = Date.now();
    for (const address of ['127.1.1.1', '127.20.30.40', '127.1.1.1']) {
      const { status } = await fetch(`http://${address}:${origins.port}/health`);
      expect(status).toBe(200);
    }
    const after = Date.now();
    const arrivals = await origins.takeArrivals();
    expect(Array.from(arrivals, ([address, times]) => [address, times.length])).toEqual([
      ['127.1.1.1', 2],
      ['127.20.30.40', 1],
    ]);
    const times = [...arrivals.values()].flatMap((each) => [...each]);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(before);
    expect(Math.max(...times)).toBeLessThanOrEqual(after);
    expect(await origins.takeArrivals()).toEqual(new Map());
  });
});

describe('loopback addresses', () => {
  it('are all different, and none ends in 0 or 255', () => {
    const addresses = loopbackAddresses(70_000);
    expect(new Set(addresses).size).toBe(70_000);
    expect([addresses[0], addresses[250], addresses[62_500]]).toEqual([
      '127.1.1.1',
      '127.1.2.1',
      '127.2.1.1',
    ]);
    expect(addresses.filter((address) => /\b(0|255)$/.test(address))).toEqual([]);
  });
});
