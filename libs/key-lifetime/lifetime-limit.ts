import { DAY_MS } from '../units/durations.js';

/** What may be asked for at all, ten years. */
export const MAX_LIFETIME_DAYS = 3650;

/** The greatest lifetime of new keys. Keys made before it was set are left as they are. */
export interface LifetimeLimit {
  readonly days: number;
  /** The setting it comes from, which refusals name. */
  readonly setting: 'API_KEY_MAX_DAYS' | 'OPERATOR_KEY_MAX_DAYS';
}

/** The latest expiry of a key that is made now; `undefined` without a limit. */
export function latestExpiry(limit: LifetimeLimit | undefined, now: Date): Date | undefined {
  return limit && new Date(now.getTime() + limit.days * DAY_MS);
}

/** Whether a key is accepted for longer than a key that is made now may be. */
export function outlives(expiresAt: Date | null, limit: LifetimeLimit | undefined, now: Date): boolean {
  const latest = latestExpiry(limit, now);
  return latest !== undefined && (expiresAt === null || expiresAt > latest);
}

/** The expiry of a key that is made now when its request says nothing: the usual one, or the limit if that is earlier. */
export function expiryByDefault(
  usual: Date | null,
  limit: LifetimeLimit | undefined,
  now: Date,
): Date | null {
  return outlives(usual, limit, now) ? (latestExpiry(limit, now) ?? null) : usual;
}
