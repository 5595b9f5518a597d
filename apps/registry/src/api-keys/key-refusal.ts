import type { RefusalReason } from '#libs/access/access.errors.js';
import type { ApplicationCredentials } from '#libs/access/credential-verifier.js';
import type { KeyStanding } from './api-keys.repository.js';

/**
 * Why a key that was proven is refused; `undefined` when it is accepted. Asked only after the comparison, so that the time of an
 * answer does not tell a revoked key from a wrong one.
 */
export function refusal(
  standing: KeyStanding,
  { appKey, environment }: Pick<ApplicationCredentials, 'appKey' | 'environment'>,
  now: Date,
): RefusalReason | undefined {
  if (standing.appKey !== appKey) return 'wrong-application';
  if (!standing.isActive) return 'revoked-api-key';
  if (standing.expiresAt !== null && standing.expiresAt <= now) return 'expired-api-key';
  if (standing.applicationStatus !== 'ACTIVE') return 'inactive-application';
  if (standing.environmentStatus !== 'ACTIVE') return 'inactive-environment';
  if (environment !== undefined && standing.environment !== environment) return 'wrong-environment';
  return undefined;
}
