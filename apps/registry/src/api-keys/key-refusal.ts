import type { RefusalReason } from '#libs/access/access.errors.js';
import type { ApplicationCredentials } from '#libs/access/credential-verifier.js';
import type { ApiKeyRecord } from './api-keys.repository.js';

/**
 * Why the record of a matching key is refused; `undefined` when it is accepted. Called after the comparison, so
 * that the response time does not tell a revoked key from a wrong one.
 */
export function refusalOf(
  record: ApiKeyRecord,
  { appKey, environment }: Pick<ApplicationCredentials, 'appKey' | 'environment'>,
  now: Date,
): RefusalReason | undefined {
  if (record.appKey !== appKey) return 'wrong-application';
  const reason = standingRefusalOf(record, now);
  if (reason !== undefined) return reason;
  if (environment !== undefined && record.environment !== environment) return 'wrong-environment';
  return undefined;
}

/** Why the record is refused whatever its application and its environment are called; `undefined` when it is accepted. */
export function standingRefusalOf(record: ApiKeyRecord, now: Date): RefusalReason | undefined {
  if (!record.isActive) return 'revoked-api-key';
  if (record.expiresAt !== null && record.expiresAt <= now) return 'expired-api-key';
  if (record.applicationStatus !== 'ACTIVE') return 'inactive-application';
  if (record.environmentStatus !== 'ACTIVE') return 'inactive-environment';
  return undefined;
}
