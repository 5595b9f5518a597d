import { Reflector } from '@nestjs/core';

/** All actions of the audit trail. */
export type AuditAction =
  | 'application.created'
  | 'application.updated'
  | 'application.renamed'
  | 'application.deleted'
  | 'environment.created'
  | 'environment.updated'
  | 'environment.renamed'
  | 'environment.deleted'
  | 'endpoints.registered'
  | 'endpoints.replaced'
  | 'api-key.issued'
  | 'api-key.imported'
  | 'api-key.rotated'
  | 'api-key.revoked'
  | 'operator.created'
  | 'operator.updated'
  | 'operator.deleted'
  | 'operator-key.issued'
  | 'operator-key.rotated'
  | 'operator-key.revoked'
  | 'session.code-issued'
  | 'session.started'
  | 'session.ended'
  | 'session.revoked'
  | 'health.checked'
  | 'health.status-changed'
  | 'audit.pruned';

/** Names the action of a changing route. The change and its audit entry share one transaction. */
export const Audited = Reflector.createDecorator<AuditAction>();
