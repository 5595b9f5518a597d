import type { FastifyRequest } from 'fastify';
import type { AuditLogEntity } from './audit-log.entity.js';

const MAX_USER_AGENT_LENGTH = 512;

/** Where a request came from, as the trail keeps it. */
export function requestOrigin(
  request: FastifyRequest,
): Pick<AuditLogEntity, 'ipAddress' | 'userAgent' | 'requestId'> {
  return {
    ipAddress: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    requestId: request.id,
  };
}
