import { Readable } from 'node:stream';
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EVENT_STREAM, JSON_TYPE, takesOnlyStreams, takesStreams } from './accepted-types.js';

/** JSON-RPC 2.0, section 5.1. */
const METHOD_NOT_FOUND = -32601;
const INVALID_REQUEST = -32600;
/** The one version of the protocol that has batches. */
const VERSION_WITH_BATCHES = '2025-03-26';
/** Opens a stream that waits for changes of the list of tools, which never changes while the service runs. */
const LISTEN = 'subscriptions/listen';
/** Headers that the protocol gives a meaning. */
const PROTOCOL_HEADERS = ['mcp-protocol-version', 'mcp-method', 'mcp-name'];

export interface McpTransportOptions {
  /** Whether servers send messages before their results, and of changes: answers to clients that take streams are streams then. */
  readonly streams?: boolean;
}

/**
 * Answers MCP over Streamable HTTP: version 2026-07-28, and those from 2025-03-26 to 2025-11-25, without sessions. Every
 * message is answered by a server of its own, with JSON unless the client takes event streams only.
 *
 * Credentials, host and origin were checked before.
 */
export class McpTransport {
  private readonly modern: Readonly<Record<'json' | 'stream', McpHttpHandler>>;

  /** @param serverFor the server of one exchange; what it is given as `authInfo.extra` is what {@link answer} was given */
  constructor(
    private readonly serverFor: McpServerFactory,
    private readonly options: McpTransportOptions = {},
  ) {
    this.modern = {
      json: createMcpHandler(serverFor, { legacy: 'reject', responseMode: 'auto' }),
      stream: createMcpHandler(serverFor, { legacy: 'reject', responseMode: 'sse' }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.modern.json.close(), this.modern.stream.close()]);
  }

  /** @param caller for the server that answers */
  async answer(request: FastifyRequest, reply: FastifyReply, caller: Record<string, unknown>): Promise<void> {
    const { body } = request;
    const refusal = this.refusalOf(request, body);
    if (refusal !== undefined) {
      await reply.code(refusal.status).type(JSON_TYPE).send(JSON.stringify(refusal.body));
      return;
    }
    const takesJson = !takesOnlyStreams(request);
    const streams = !takesJson || (this.options.streams === true && takesStreams(request));
    const response = await this.respond(webRequest(request), body, { takesJson, streams }, caller);
    reply.code(response.status);
    for (const [name, value] of response.headers) reply.header(name, value);
    if (response.headers.get('content-type')?.startsWith(EVENT_STREAM) && response.body !== null) {
      await reply.send(Readable.fromWeb(response.body));
    } else await reply.send(response.body === null ? undefined : await response.text());
  }

  private async respond(
    request: Request,
    body: unknown,
    { takesJson, streams }: { readonly takesJson: boolean; readonly streams: boolean },
    extra: Record<string, unknown>,
  ): Promise<Response> {
    const authInfo = { token: '', clientId: '', scopes: [], extra };
    if (!(await isLegacyRequest(request, body))) {
      const handler = takesJson ? this.modern.json : this.modern.stream;
      return handler.fetch(request, { authInfo, parsedBody: body });
    }
    const server = await this.serverFor({ era: 'legacy', authInfo, requestInfo: request });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !streams });
    await server.connect(transport);
    const response = await transport.handleRequest(request, { authInfo, parsedBody: body });
    // A stream ends by itself when the answer is written.
    if (!streams) await server.close();
    return response;
  }

  private refusalOf(
    { headers }: FastifyRequest,
    body: unknown,
  ): { readonly status: number; readonly body: object } | undefined {
    if (Array.isArray(body)) {
      const version = headers['mcp-protocol-version'] ?? VERSION_WITH_BATCHES;
      return version === VERSION_WITH_BATCHES
        ? undefined
        : refusal(400, INVALID_REQUEST, `Version ${String(version)} of the protocol has no batches.`, null);
    }
    const { method, id = null } = (body ?? {}) as { readonly method?: unknown; readonly id?: unknown };
    return method === LISTEN && this.options.streams !== true
      ? refusal(404, METHOD_NOT_FOUND, 'This server has no subscriptions.', id)
      : undefined;
  }
}

function refusal(
  status: number,
  code: number,
  message: string,
  id: unknown,
): { status: number; body: object } {
  return { status, body: { jsonrpc: '2.0', error: { code, message }, id } };
}

/** The request as the SDK takes it: what it looks at, and nothing else. */
function webRequest({ headers }: FastifyRequest): Request {
  const given = PROTOCOL_HEADERS.flatMap((name): [string, string][] => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return new Request('http://registry/mcp', {
    method: 'POST',
    headers: [...given, ['content-type', JSON_TYPE], ['accept', `${JSON_TYPE}, ${EVENT_STREAM}`]],
  });
}
