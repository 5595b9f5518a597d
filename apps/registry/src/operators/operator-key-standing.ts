import type { RefusalReason } from '#libs/access/access.errors.js';

/** What of a key, and of its operator, decides whether it is accepted. */
export interface OperatorKeyStanding {
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly isActive: boolean;
}

/** Why a key is not accepted at a time, nor a session that was started with it; `undefined` when it is. */
export function refusalOfOperatorKey(
  { revokedAt, expiresAt, isActive }: OperatorKeyStanding,
  now: Date,
): RefusalReason | undefined {
  if (revokedAt !== null) return 'revoked-operator-key';
  if (expiresAt !== null && expiresAt <= now) return 'expired-operator-key';
  return isActive ? undefined : 'inactive-operator';
}
