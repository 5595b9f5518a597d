import type { FastifyRequest } from 'fastify';
import type { RefusedClaim } from './access.errors.js';

/** Port: is told of every refused credential. Must not throw and must not wait for anything. */
export abstract class RefusalRecorder {
  abstract refused(claim: RefusedClaim, request: FastifyRequest): void;
}
