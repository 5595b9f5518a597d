import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bindings } from '#libs/access/bindings.js';
import { bindingsOfAgent, callerOf } from '#libs/access/caller.js';
import { AppConfig } from '#libs/config/app-config.js';
import { OriginNotAllowed } from './mcp.errors.js';
import { McpTools } from './mcp-tools.js';
import type { McpTransport } from './mcp-transport.js';
import { ToolCalls } from './tool-calls.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Answers MCP messages with the tools of the registry, within what the caller may see. */
@Injectable()
export class McpService implements OnApplicationShutdown {
  /** Loaded by the first message that needs it: the SDK takes longer to load than most of the service. */
  private transport: Promise<McpTransport> | undefined;

  constructor(
    private readonly tools: McpTools,
    private readonly calls: ToolCalls,
    private readonly config: AppConfig,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await (await this.transport)?.close();
  }

  /** @throws OriginNotAllowed */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.checkOrigin(request);
    this.transport ??= this.load();
    const transport = await this.transport;
    await transport.answer(request, reply, { bindings: bindingsOfAgent(callerOf(request)) });
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

  private async load(): Promise<McpTransport> {
    const { McpTransport } = await import('./mcp-transport.js');
    const { RegistryServers } = await import('./registry-server.js');
    const servers = new RegistryServers(this.tools.all, this.calls, this.config.mcp.access === 'public');
    return new McpTransport(({ authInfo }) => servers.create(authInfo?.extra?.bindings as Bindings));
  }
}
