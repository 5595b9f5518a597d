import type { FastifyRequest } from 'fastify';
import { callerOf } from '#libs/access/caller.js';
import { clientAddress } from '#libs/access/client-network.js';
import type { UnattendedActor } from '#libs/audit-trail/audited-transactions.js';
import type { AuditLogEntity } from './audit-log.entity.js';

const MAX_USER_AGENT_LENGTH = 512;

type RequestOrigin = Pick<AuditLogEntity, 'ipAddress' | 'userAgent' | 'requestId'>;

/** Who did something, and where it came from. */
export type AuditOrigin = RequestOrigin & Pick<AuditLogEntity, 'actor' | 'apiKeyId'>;

/** Of what nobody sent a request for. */
export function unattendedOrigin(actor: UnattendedActor): AuditOrigin {
  return { actor, apiKeyId: null, ipAddress: null, userAgent: null, requestId: null };
}

/** Where a request came from, as the trail keeps it. */
export function requestOrigin(request: FastifyRequest): RequestOrigin {
  return {
    ipAddress: clientAddress(request) ?? null,
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    requestId: request.id,
  };
}

/** As {@link requestOrigin}, with the caller the access guard accepted. */
export function callerOrigin(request: FastifyRequest): AuditOrigin {
  const caller = callerOf(request);
  return {
    actor: caller.kind,
    apiKeyId: caller.kind === 'application' ? caller.apiKeyId : null,
    ...requestOrigin(request),
  };
}
