import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AccessPolicy } from './access.decorator.js';
import { Admission } from './admission.js';
import type { PendingAdmission } from './api-key.guard.js';
import { ApplicationQuotas } from './application-quotas.js';
import { AuthMetrics } from './auth-metrics.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The access policy that admitted the request, before its body was read. */
    admittedUnder?: AccessPolicy;
  }
}

/** Admits a request when its headers have arrived, so that no body is read without valid credentials. */
@Injectable()
export class CredentialsHook implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly admission: Admission,
    private readonly metrics: AuthMetrics,
    private readonly quotas: ApplicationQuotas,
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('onRequest', (request, _reply, done) => {
      const policy = request.routeOptions.config.access;
      if (policy === undefined) {
        done();
        return;
      }
      const admitted = (): void => {
        try {
          this.quotas.count(request.caller, policy);
        } catch (error) {
          done(error as Error);
          return;
        }
        request.admittedUnder = policy;
        if (request.caller !== undefined) this.metrics.accepted();
        done();
      };
      let admission: PendingAdmission;
      try {
        admission = this.admission.admit(policy, request);
      } catch (error) {
        done(error as Error);
        return;
      }
      if (admission === undefined) admitted();
      else admission.then(admitted, done);
    });
  }
}
