import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bindings } from '#libs/access/bindings.js';
import { bindingsOfAgent, callerOf } from '#libs/access/caller.js';
import { AppConfig } from '#libs/config/app-config.js';
import { OriginNotAllowed } from './mcp.errors.js';
import { McpServer } from './mcp-server.js';
import { McpTransport } from './mcp-transport.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Answers MCP messages with the tools of the registry, within what the caller may see. */
@Injectable()
export class McpService implements OnApplicationShutdown {
  private readonly transport: McpTransport;

  constructor(
    servers: McpServer,
    private readonly config: AppConfig,
  ) {
    this.transport = new McpTransport(({ authInfo }) =>
      servers.create(authInfo?.extra?.bindings as Bindings),
    );
  }

  onApplicationShutdown(): Promise<void> {
    return this.transport.close();
  }

  /** @throws OriginNotAllowed */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.checkOrigin(request);
    return this.transport.answer(request, reply, { bindings: bindingsOfAgent(callerOf(request)) });
  }

  /** @throws OriginNotAllowed for a page of an origin that CORS_ORIGINS does not name */
  checkOrigin(request: FastifyRequest): void {
    const { origin } = request.headers;
    const { corsOrigins, allowedHosts } = this.config.http;
    if (origin === undefined || corsOrigins.includes('*') || corsOrigins.includes(origin)) return;
    // A session counts from pages of this origin alone.
    const caller = callerOf(request);
    if (caller.kind === 'admin' && caller.session !== null) return;
    // Pages of its own are trusted under a name that no other site can take: DNS may lead any other name here.
    const isOwnName = allowedHosts !== undefined || LOOPBACK.includes(request.hostname);
    if (!isOwnName || origin !== `${request.protocol}://${request.host}`) throw new OriginNotAllowed();
  }
}
