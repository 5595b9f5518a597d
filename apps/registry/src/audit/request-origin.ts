import type { FastifyRequest } from 'fastify';
import { callerOf, type OperatorCaller } from '#libs/access/caller.js';
import type { UnattendedActor } from '#libs/audit-trail/audited-transactions.js';
import { clientAddress } from '#libs/http/client-network.js';
import type { AuditLogEntity } from './audit-log.entity.js';

type RequestOrigin = Pick<AuditLogEntity, 'via' | 'ipAddress' | 'userAgent' | 'requestId'>;

/** Who did something, and where it came from. */
export type AuditOrigin = RequestOrigin &
  Pick<AuditLogEntity, 'actor' | 'apiKeyId' | 'operatorId' | 'operatorName' | 'sessionId'>;

/** Of entries that are no operator's doing. */
export const NO_OPERATOR = { operatorId: null, operatorName: null, via: null, sessionId: null };

/** How the command line names itself. */
const COMMAND_LINE = 'mcp-registry-cli/';

/** Origin of work without a request. */
export function unattendedOrigin(actor: UnattendedActor): AuditOrigin {
  const via = actor === 'cli' ? 'cli' : null;
  return { actor, apiKeyId: null, ...NO_OPERATOR, via, ipAddress: null, userAgent: null, requestId: null };
}

/** Where a request came from, as its headers say it: the trail bounds and redacts it. */
export function requestOrigin(request: FastifyRequest): RequestOrigin {
  const userAgent = request.headers['user-agent'] ?? null;
  return {
    via: userAgent?.startsWith(COMMAND_LINE) === true ? 'cli' : 'api',
    ipAddress: clientAddress(request) ?? null,
    userAgent,
    requestId: request.id,
  };
}

/** As {@link requestOrigin}, with the admitted caller. */
export function callerOrigin(request: FastifyRequest): AuditOrigin {
  const caller = callerOf(request);
  return {
    actor: caller.kind,
    apiKeyId: caller.kind === 'application' ? caller.apiKeyId : null,
    operatorId: null,
    operatorName: null,
    sessionId: null,
    ...requestOrigin(request),
    ...(caller.kind === 'admin' && operatorOrigin(caller)),
  };
}

/** What an operator adds to the origin of a request. */
export function operatorOrigin({ operatorId, operatorName, session }: OperatorCaller): Partial<AuditOrigin> {
  const operator = { actor: 'admin', operatorId, operatorName };
  return session === null ? operator : { ...operator, via: 'console', sessionId: session.id };
}
