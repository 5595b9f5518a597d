import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { environmentMeant } from '#libs/access/environment-meant.js';
import { answerRequest } from '#libs/answers/answer-request.js';
import type { ReadyAnswer } from '#libs/answers/ready-answer.js';
import { DiscoveryService } from './discovery.service.js';

/**
 * Sends what `GET /endpoints` answers from memory before pipes, interceptors and the controller come: agents ask for
 * it all day. The access guard has let the request in by then, as it would any other.
 */
@Injectable()
export class DiscoveryShortcut implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly discovery: DiscoveryService,
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('preParsing', (request, reply, payload, done) => {
      const answer = this.remembered(request);
      if (answer === undefined) {
        done(null, payload);
        return;
      }
      const body = answerRequest(request, reply, answer);
      if (body instanceof Promise) body.then((bytes) => reply.send(bytes), done);
      else reply.send(body);
    });
  }

  /** Only of a request that the route would find nothing wrong with: nothing else was ever remembered. */
  private remembered(request: FastifyRequest): ReadyAnswer | undefined {
    if (request.admittedUnder !== 'discovery') return undefined;
    const { app_key: appKey, environment = '' } = request.query as {
      app_key?: unknown;
      environment?: unknown;
    };
    return typeof appKey === 'string' && typeof environment === 'string'
      ? this.discovery.rememberedEndpoints(appKey, environmentMeant(request))
      : undefined;
  }
}
