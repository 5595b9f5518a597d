import { Reflector } from '@nestjs/core';

/** Everything the trail can say was done. */
export type AuditAction =
  | 'application.created'
  | 'application.updated'
  | 'application.deleted'
  | 'environment.created'
  | 'environment.updated'
  | 'environment.deleted'
  | 'endpoints.registered'
  | 'api-key.issued'
  | 'api-key.imported'
  | 'api-key.rotated'
  | 'api-key.revoked'
  | 'health.checked'
  | 'health.status-changed'
  | 'audit.pruned';

/** Names what a changing route does. Its change and its audit entry share one transaction. */
export const Audited = Reflector.createDecorator<AuditAction>();
