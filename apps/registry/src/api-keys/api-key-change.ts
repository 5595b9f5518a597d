import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import type { Change } from '#libs/audit-trail/change-recorder.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import type { KeyPlace } from './api-key.issuer.js';

/** A change of an API key, as the audit trail records it. */
export function apiKeyChange(
  { appKey }: KeyPlace,
  { id: environmentId, name: environment, applicationId }: EnvironmentResponse,
  id: string,
  values: { readonly action?: AuditAction; readonly before?: unknown; readonly after?: unknown },
): Change {
  return {
    resourceType: 'api-key',
    resourceId: id,
    applicationId,
    appKey,
    environmentId,
    environment,
    ...values,
  };
}
