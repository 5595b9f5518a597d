import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppKeyAliases } from '../app-keys/app-key-aliases.js';
import type { PendingAdmission } from './api-key.guard.js';

interface Named {
  app_key?: unknown;
}

/**
 * Puts the present app key in the place of a former one in the path and the query of a request, before anything is decided by
 * it: what an operator is bound to, what an application may open, what is in a cache.
 */
@Injectable()
export class RequestedAppKeys {
  constructor(private readonly aliases: AppKeyAliases) {}

  /** Synchronous when the aliases are in memory. */
  resolve({ params, query }: FastifyRequest): PendingAdmission {
    return afterwards(this.resolveIn(params as Named), () => this.resolveIn(query as Named));
  }

  private resolveIn(named: Named): PendingAdmission {
    const { app_key: appKey } = named;
    if (typeof appKey !== 'string') return undefined;
    const resolved = this.aliases.resolved(appKey);
    if (resolved === undefined) {
      return this.aliases.resolve(appKey).then((present) => {
        named.app_key = present;
      });
    }
    if (resolved !== appKey) named.app_key = resolved;
    return undefined;
  }
}

/** Continues when a step is done: at once where it was synchronous. */
export function afterwards(step: PendingAdmission, next: () => PendingAdmission): PendingAdmission {
  return step === undefined ? next() : step.then(next);
}
