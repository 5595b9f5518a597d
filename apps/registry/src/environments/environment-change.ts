import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import type { Change } from '#libs/audit-trail/change-recorder.js';
import type { EnvironmentEntity } from './environment.entity.js';

/** A change of an environment, as the audit trail records it. */
export function environmentChange(
  appKey: string,
  { id, name, applicationId }: Pick<EnvironmentEntity, 'id' | 'name' | 'applicationId'>,
  values: { readonly action?: AuditAction; readonly before?: unknown; readonly after?: unknown },
): Change {
  return {
    resourceType: 'environment',
    resourceId: id,
    applicationId,
    appKey,
    environmentId: id,
    environment: name,
    ...values,
  };
}
