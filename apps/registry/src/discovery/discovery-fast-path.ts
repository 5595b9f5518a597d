import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { requestedEnvironment } from '#libs/access/requested-environment.js';
import type { CachedResponse } from '#libs/http-cache/cached-response.js';
import { prepareResponse } from '#libs/http-cache/prepare-response.js';
import { DiscoveryService } from './discovery.service.js';

/**
 * Answers `GET /endpoints` from the cache in a Fastify hook, before pipes, interceptors and the controller: it is
 * the most frequent request. The credentials have been checked as for any other request.
 */
@Injectable()
export class DiscoveryFastPath implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly discovery: DiscoveryService,
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('preParsing', (request, reply, payload, done) => {
      const answer = this.cachedResponse(request);
      if (answer === undefined) {
        done(null, payload);
        return;
      }
      const body = prepareResponse(request, reply, answer);
      if (body instanceof Promise) body.then((bytes) => reply.send(bytes), done);
      else reply.send(body);
    });
  }

  /** Only for valid requests: other responses are never cached. */
  private cachedResponse(request: FastifyRequest): CachedResponse | undefined {
    if (request.admittedUnder !== 'discovery') return undefined;
    const {
      app_key: appKey,
      environment = '',
      definitions,
    } = request.query as {
      app_key?: unknown;
      environment?: unknown;
      definitions?: unknown;
    };
    return typeof appKey === 'string' && typeof environment === 'string' && definitions === undefined
      ? this.discovery.cachedEndpoints(appKey, requestedEnvironment(request))
      : undefined;
  }
}
