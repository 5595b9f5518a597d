import { Negotiator } from '@fastify/accept-negotiator';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpsRequired, mayHaveSession } from '#libs/access/session-transport.js';
import { AppConfig } from '#libs/config/app-config.js';
import { encodingFor } from '#libs/http-cache/prepare-response.js';
import { ConsoleFile, ConsoleFiles } from './console-files.js';

/** Only its own files and this origin; `require-trusted-types-for` keeps text from becoming HTML or script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Their names change with their content. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

const pages = new Negotiator({ supportedValues: ['text/html', 'application/json'] });

/** Serves the console from memory: the page for any path below `/console`, its files, and the way there from `/`. */
@Injectable()
export class ConsoleRoutes implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly files: ConsoleFiles,
    private readonly config: AppConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    const { console, http, production } = this.config;
    if (!console.enabled) return;
    const { basePath } = http;
    await this.files.load(basePath);
    if (this.files.page === undefined) return;
    const fastify = this.adapterHost.httpAdapter.getInstance();
    const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      if (!mayHaveSession(request, console)) throw new HttpsRequired();
      if (!production) await this.files.loadAgain(basePath);
      return this.sendPage(request, reply);
    };
    fastify.get(`${basePath}/console`, page);
    fastify.get(`${basePath}/console/*`, page);
    fastify.get<{ Params: { name: string } }>(`${basePath}/console/assets/:name`, (request, reply) => {
      const file = this.files.asset(request.params.name);
      if (file === undefined) {
        reply.callNotFound();
        return reply;
      }
      return send(request, reply.header('cache-control', IMMUTABLE), file);
    });
    fastify.get(basePath === '' ? '/' : basePath, (request, reply) => {
      if (pages.negotiate(request.headers.accept ?? '*/*') !== 'text/html' || !takesPages(request)) {
        reply.callNotFound();
        return reply;
      }
      return reply.redirect(`${basePath}/console`, 302);
    });
  }

  private sendPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { page } = this.files;
    if (page === undefined) throw new Error('The console is gone');
    reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('cross-origin-opener-policy', 'same-origin')
      .header('referrer-policy', 'no-referrer');
    return send(request, reply, page);
  }
}

/** Clients that take anything are none that show pages. */
function takesPages({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}

async function send(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): Promise<FastifyReply> {
  const encoding = encodingFor(request.headers['accept-encoding']);
  reply.header('vary', 'Accept-Encoding').type(file.type);
  if (encoding === undefined) return reply.send(file.body);
  return reply.header('content-encoding', encoding).send(await file.encoded(encoding));
}
