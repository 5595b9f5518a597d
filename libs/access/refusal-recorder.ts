import type { FastifyRequest } from 'fastify';
import type { RefusedClaim } from './access.errors.js';

/** Port: records refused credentials. It must neither throw nor wait. */
export abstract class RefusalRecorder {
  abstract refused(claim: RefusedClaim, request: FastifyRequest): void;
}
