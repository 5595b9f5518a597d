import { hash } from 'bcryptjs';
import { loadConfig } from '#libs/config/load-config.js';
import { NO_METRICS } from '#libs/metrics/metrics.js';
import { KeyCheckTooSlow } from '#registry/api-keys/api-key.errors.js';
import { ApiKeyMatcher } from '#registry/api-keys/api-key.matcher.js';
import { BcryptPool } from '#registry/api-keys/bcrypt-pool.js';
import { afterEach, beforeEach, describe, expect, it, jest } from '../../support/jest.js';
import { GIVEN_SECRETS } from '../../support/secrets.js';

/** Of the greatest cost that is checked, 15, which takes seconds. */
const SLOW_HASH = `$2b$15$${'a'.repeat(53)}`;
/** Far less than that, and far more than the start of a thread with a quick comparison. */
const TIME_LIMIT_MS = 1500;

describe('a key', () => {
  it.each([
    ['one byte', 'x'.repeat(72)],
    ['two bytes', 'é'.repeat(36)],
  ])('of 72 bytes in characters of %s matches, and nothing that begins with it', async (_, key) => {
    const bcrypt = new BcryptPool(await loadConfig(GIVEN_SECRETS), NO_METRICS);
    const hashedKey = await hash(key, 4);
    expect(await bcrypt.matches(key, hashedKey, 'trusted')).toBe(true);
    expect(await bcrypt.matches(`${key}x`, hashedKey, 'trusted')).toBe(false);
    await bcrypt.onApplicationShutdown();
  });
});

describe('a comparison that exceeds its time limit', () => {
  let bcrypt: BcryptPool;
  let quickHash: string;

  beforeEach(async () => {
    quickHash = await hash('right', 4);
    bcrypt = new BcryptPool(await loadConfig(GIVEN_SECRETS), NO_METRICS);
    Object.assign(bcrypt, { timeLimitMs: TIME_LIMIT_MS });
  });
  afterEach(() => bcrypt.onApplicationShutdown());

  it.each(['trusted', 'unverified'] as const)(
    'is ended with its thread, and those that waited for it are carried out: %s',
    async (trust) => {
      const slow = expect(bcrypt.matches('any', SLOW_HASH, trust)).rejects.toThrow(KeyCheckTooSlow);
      // They wait longer than the limit for their thread, which counts for nothing.
      const quick = [bcrypt.matches('right', quickHash, trust), bcrypt.matches('wrong', quickHash, trust)];
      await slow;
      expect(await Promise.all(quick)).toEqual([true, false]);
    },
  );

  it('is not begun again for a while, and keeps no other hash from being compared', async () => {
    const comparison = new ApiKeyMatcher(bcrypt, await loadConfig(GIVEN_SECRETS), NO_METRICS);
    const begun = jest.spyOn(bcrypt, 'matches');
    const compare = (key: string, hashedKey: string): Promise<boolean> =>
      comparison.compare(key, {
        fingerprint: comparison.fingerprintOf(key),
        hashedKey,
        trust: 'trusted',
      });
    await expect(compare('right', SLOW_HASH)).rejects.toThrow(KeyCheckTooSlow);
    await expect(compare('right', SLOW_HASH)).rejects.toThrow(KeyCheckTooSlow);
    await expect(compare('another', SLOW_HASH)).rejects.toThrow(KeyCheckTooSlow);
    expect(begun).toHaveBeenCalledTimes(1);
    expect(await compare('right', quickHash)).toBe(true);
  });

  it('is ended by the end of the service', async () => {
    Object.assign(bcrypt, { timeLimitMs: 600_000 });
    const failed = expect(bcrypt.hash('any', 20)).rejects.toMatchObject({ code: 'key-checks-unavailable' });
    await bcrypt.onApplicationShutdown();
    await failed;
  });
});
