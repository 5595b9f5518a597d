import { InvalidInput } from '../problem-details/invalid-input.js';
import { DAY_MS } from '../units/durations.js';
import { IntegerField, TimeField } from '../validation/fields.js';
import { latestExpiry, type LifetimeLimit, MAX_LIFETIME_DAYS, outlives } from './lifetime-limit.js';

/** When a new key stops being accepted. */
export class ExpiryRequest {
  @TimeField({
    description:
      'When the key stops being accepted. When absent: never, or after the greatest lifetime that the service is set to.',
    // The example of a whole request must not set both.
    example: null,
    presence: 'optional',
  })
  readonly expiresAt?: Date | null;

  @IntegerField({
    description: 'The same as a number of days from now. Not together with `expiresAt`.',
    example: 90,
    min: 1,
    max: MAX_LIFETIME_DAYS,
    presence: 'optional',
  })
  readonly expiresInDays?: number | null;
}

/** When the key that a new one replaces stops being accepted. */
export class RotationRequest extends ExpiryRequest {
  @IntegerField({
    description: 'How long the old secret lives on.',
    example: 3600,
    min: 0,
    max: MAX_LIFETIME_DAYS * 86_400,
    default: 0,
    presence: 'optional',
  })
  readonly gracePeriodSeconds?: number | null;
}

/** What ends the life of a key. */
export interface KeyLifetime {
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/**
 * The requested expiry; `undefined` when the request says nothing of it.
 *
 * @throws InvalidInput when it is in the past, requested twice, or beyond the limit
 */
export function requestedExpiry(
  { expiresAt, expiresInDays }: ExpiryRequest,
  now: Date,
  limit: LifetimeLimit | undefined,
): Date | undefined {
  if (expiresAt != null && expiresInDays != null) {
    throw new InvalidInput([
      { pointer: '#/expiresInDays', detail: 'must not be given together with expiresAt' },
    ]);
  }
  if (expiresInDays != null) {
    const requested = new Date(now.getTime() + expiresInDays * DAY_MS);
    refuseBeyond(limit, requested, now, { pointer: '#/expiresInDays', most: String(limit?.days) });
    return requested;
  }
  if (expiresAt === undefined) return undefined;
  const most = latestExpiry(limit, now)?.toISOString() ?? '';
  refuseBeyond(limit, expiresAt, now, { pointer: '#/expiresAt', most });
  if (expiresAt !== null && expiresAt <= now) {
    throw new InvalidInput([{ pointer: '#/expiresAt', detail: 'must lie in the future' }]);
  }
  return expiresAt ?? undefined;
}

function refuseBeyond(
  limit: LifetimeLimit | undefined,
  requested: Date | null,
  now: Date,
  { pointer, most }: { pointer: string; most: string },
): void {
  if (limit === undefined || !outlives(requested, limit, now)) return;
  const days = limit.days === 1 ? '1 day' : `${limit.days} days`;
  throw new InvalidInput([
    {
      pointer,
      detail: `must be at most ${most}: the greatest lifetime of a key is ${days} (${limit.setting})`,
    },
  ]);
}

/** When a replaced key ends: it is revoked at once, or expires with the grace period. */
export function endOfGrace(
  { expiresAt }: Pick<KeyLifetime, 'expiresAt'>,
  gracePeriodSeconds: number,
  now: Date,
): Partial<KeyLifetime> {
  if (gracePeriodSeconds === 0) return { revokedAt: now };
  const end = now.getTime() + gracePeriodSeconds * 1000;
  return { expiresAt: new Date(expiresAt === null ? end : Math.min(end, expiresAt.getTime())) };
}
