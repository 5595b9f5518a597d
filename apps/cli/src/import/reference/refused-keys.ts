import type { PlacedApplication } from '#registry/imports/imports.service.js';
import { RecordList } from '#registry/imports/record-list.js';
import type { SourceApiKey, SourceApplication } from '#registry/imports/source-record.js';

/**
 * The imported keys that this registry refuses: the reference looks at the status of a key, of its application and at its
 * expiry at no time, so that clients may be using them.
 */
export function addRefusedKeys(
  refused: RecordList,
  source: SourceApplication,
  placed: PlacedApplication,
  now: Date,
): void {
  for (const [name, environment] of placed.environments) {
    const keys = source.environments.find(({ sourceId }) => sourceId === environment.sourceId)?.apiKeys ?? [];
    for (const { record, key } of keys) {
      const reason = reasonOf(key, placed, environment, now);
      if (reason === undefined) continue;
      const use = key.lastUsedAt === null ? 'never used' : `last used ${key.lastUsedAt.toISOString()}`;
      refused.add(record, `of ${placed.appKey} ${name}: ${reason}; ${use}`);
    }
  }
}

function reasonOf(
  { isActive, expiresAt }: SourceApiKey['key'],
  application: { readonly status: string },
  environment: { readonly status: string },
  now: Date,
): string | undefined {
  if (!isActive) return 'revoked';
  if (expiresAt !== null && expiresAt <= now) return `expired ${expiresAt.toISOString()}`;
  if (application.status !== 'ACTIVE') return 'its application is INACTIVE';
  return environment.status === 'ACTIVE' ? undefined : 'its environment is INACTIVE';
}
