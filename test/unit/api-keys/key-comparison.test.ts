import { setTimeout as sleep } from 'node:timers/promises';
import { hash } from 'bcryptjs';
import type { AppConfig } from '#libs/config/app-config.js';
import { loadConfig } from '#libs/config/load-config.js';
import { NO_METRICS } from '#libs/metrics/metrics.js';
import { ApiKeyMatcher } from '#registry/api-keys/api-key.matcher.js';
import { BcryptPool } from '#registry/api-keys/bcrypt-pool.js';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '../../support/jest.js';
import { GIVEN_SECRETS } from '../../support/secrets.js';

const MINUTE = 60_000;
/** No bcrypt hash: told without a comparison, and remembered like any other outcome. */
const NO_HASH = 'imported by mistake';

describe('the memory of compared keys', () => {
  let bcrypt: BcryptPool;
  let config: AppConfig;
  let hashedKey: string;
  let comparison: ApiKeyMatcher;

  beforeAll(async () => {
    config = await loadConfig(GIVEN_SECRETS);
    bcrypt = new BcryptPool(config, NO_METRICS);
    hashedKey = await hash('right', 4);
  });
  afterAll(() => bcrypt.onApplicationShutdown());
  beforeEach(() => {
    comparison = new ApiKeyMatcher(bcrypt, config, NO_METRICS);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  function compare(key: string, against = hashedKey): Promise<boolean> {
    const fingerprint = comparison.fingerprintOf(key);
    return comparison.compare(key, { fingerprint, hashedKey: against, trust: 'trusted' });
  }

  const isNew = (key: string, against = hashedKey): boolean =>
    comparison.needsComparison(comparison.fingerprintOf(key), against);
  const isGood = (key: string): boolean => comparison.isTrusted(comparison.fingerprintOf(key));

  /** Lets time pass for what reads the clock. */
  async function pass(milliseconds: number): Promise<void> {
    const then = performance.now() + milliseconds;
    jest.spyOn(performance, 'now').mockReturnValue(then);
    // The cache looks at the clock once a millisecond.
    await sleep(5);
  }

  it('is of a key with a hash', async () => {
    expect([isNew('right'), isGood('right')]).toEqual([true, false]);
    expect([await compare('right'), await compare('wrong')]).toEqual([true, false]);
    expect([isNew('right'), isGood('right')]).toEqual([false, true]);
    expect([isNew('wrong'), isGood('wrong')]).toEqual([false, false]);
    expect(isNew('right', await hash('right', 4))).toBe(true);
  });

  it('has a key good for every hash it matches', async () => {
    const other = await hash('right', 4);
    expect([await compare('right'), await compare('right', other)]).toEqual([true, true]);
    expect([isNew('right'), isNew('right', other)]).toEqual([false, false]);
  });

  it('keeps a right key for 15 minutes after its last use', async () => {
    await compare('right');
    for (let round = 0; round < 4; round += 1) {
      await pass(14 * MINUTE);
      expect(isNew('right')).toBe(false);
    }
    await pass(16 * MINUTE);
    expect([isNew('right'), isGood('right')]).toEqual([true, false]);
  });

  it('keeps a wrong key for a minute, however often it comes', async () => {
    await compare('wrong');
    await pass(MINUTE / 2);
    expect(isNew('wrong')).toBe(false);
    await pass(MINUTE);
    expect(isNew('wrong')).toBe(true);
  });

  it('keeps the last 10,000 wrong keys, and none at the expense of a right one', async () => {
    await compare('right');
    for (let number = 0; number <= 10_000; number += 1) await compare(`wrong ${number}`, NO_HASH);
    expect([isNew('wrong 0', NO_HASH), isNew('wrong 1', NO_HASH)]).toEqual([true, false]);
    expect(isNew('right')).toBe(false);
  });

  it('does not hold the keys, and is told from SECRET_KEY', async () => {
    const other = new ApiKeyMatcher(
      bcrypt,
      await loadConfig({ ...GIVEN_SECRETS, SECRET_KEY: 'another' }),
      NO_METRICS,
    );
    const fingerprint = comparison.fingerprintOf('right');
    expect(fingerprint).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(other.fingerprintOf('right')).not.toBe(fingerprint);
  });

  it('forgets comparisons that could not be made', async () => {
    const refused = jest.spyOn(bcrypt, 'matches').mockRejectedValueOnce(new Error('no room'));
    await expect(compare('right')).rejects.toThrow('no room');
    refused.mockRestore();
    expect(isNew('right')).toBe(true);
    expect(await compare('right')).toBe(true);
  });
});
