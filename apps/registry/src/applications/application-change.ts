import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import type { Change } from '#libs/audit-trail/change-recorder.js';
import type { ApplicationEntity } from './application.entity.js';

/** A change of an application, as the audit trail records it. */
export function applicationChange(
  { id, appKey }: Pick<ApplicationEntity, 'id' | 'appKey'>,
  values: { readonly action?: AuditAction; readonly before?: unknown; readonly after?: unknown },
): Change {
  return { resourceType: 'application', resourceId: id, applicationId: id, appKey, ...values };
}
