import { METHODS } from 'node:http';
import { HttpStatus, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '#libs/problem-details/domain-error.js';

/** 405: the path is a route's, and the method none of its own (RFC 9110, section 15.5.6). */
class MethodNotAllowed extends DomainError {
  constructor(allow: string) {
    super({
      code: 'method-not-allowed',
      status: HttpStatus.METHOD_NOT_ALLOWED,
      title: 'Method not allowed',
      detail: `This path answers to ${allow}.`,
      headers: { Allow: allow },
    });
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of every path template that has a route. */
    declaredMethods: ReadonlyMap<string, ReadonlySet<string>>;
  }
}

/** Gathers the methods of all routes that are declared from now on. */
export function collectDeclaredMethods(fastify: FastifyInstance): void {
  const declared = new Map<string, Set<string>>();
  fastify.decorate('declaredMethods', declared);
  fastify.addHook('onRoute', ({ url, method }) => {
    // Of @fastify/cors, for all paths.
    if (url === '*') return;
    // The router takes a path with and without its trailing slash for the same.
    const path = url === '/' ? url : url.replace(/\/$/, '');
    const methods = declared.get(path) ?? new Set();
    declared.set(path, methods);
    for (const each of [method].flat()) methods.add(each);
  });
}

/**
 * Answers the methods that a route does not declare: `OPTIONS` with 204, all others with 405, both with `Allow` and
 * without credentials, on which neither answer depends. They are routes of their own, so that the router decides which
 * template a path belongs to, and requests to declared methods pay nothing.
 */
@Injectable()
export class MethodNotAllowedRoutes implements OnApplicationBootstrap {
  constructor(private readonly adapterHost: HttpAdapterHost<FastifyAdapter>) {}

  /** Once every module has declared its routes, and every plugin that has begun to. */
  onApplicationBootstrap(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.after(() => {
      answerUndeclared(fastify);
    });
  }
}

function answerUndeclared(fastify: FastifyInstance): void {
  const known = METHODS.filter((method) => method !== 'CONNECT');
  // Added as methods without a body, which is not read then. Fastify would answer 400 to a QUERY without one.
  const added = known.filter((method) => method === 'QUERY' || !fastify.supportedMethods.includes(method));
  for (const method of added) fastify.addHttpMethod(method, { overrideExisting: true });
  for (const [url, declared] of [...fastify.declaredMethods]) {
    const allow = [...new Set([...declared, 'OPTIONS'])].sort().join(', ');
    if (!declared.has('OPTIONS')) answerOptions(fastify, url, allow);
    const others = known.filter((method) => method !== 'OPTIONS' && !declared.has(method));
    refuse(fastify, url, others, allow);
  }
}

function answerOptions(fastify: FastifyInstance, url: string, allow: string): void {
  fastify.options(url, (_request, reply) => reply.code(HttpStatus.NO_CONTENT).header('allow', allow).send());
}

function refuse(fastify: FastifyInstance, url: string, method: string[], allow: string): void {
  fastify.route({
    url,
    method,
    exposeHeadRoute: false,
    // Before the body is looked at.
    onRequest: (_request, _reply, done) => {
      done(new MethodNotAllowed(allow));
    },
    handler: () => undefined,
  });
}
