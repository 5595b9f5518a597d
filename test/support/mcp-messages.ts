import { AS_ADMIN, type TestApp } from './start-app.js';

export const MODERN = '2026-07-28';

/** What every request of version 2026-07-28 says of its client. */
export const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

type Headers = Readonly<Record<string, string>>;

export interface McpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Of a JSON answer. */
  readonly body: {
    readonly id?: unknown;
    readonly result?: Record<string, unknown>;
    readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  };
}

/** Posts a message as it is. */
export async function postMcp(
  app: Pick<TestApp, 'http'>,
  message: unknown,
  headers: Headers = AS_ADMIN,
): Promise<McpAnswer> {
  const answer = await app.http
    .post('/mcp')
    .set({ 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers })
    .send(JSON.stringify(message));
  return {
    status: answer.status,
    headers: answer.headers,
    text: answer.text,
    body: answer.body as McpAnswer['body'],
  };
}

/** A request of version 2026-07-28, with all that it needs. */
export function modern(
  method: string,
  params: Record<string, unknown> = {},
): { readonly message: Record<string, unknown>; readonly headers: Record<string, string> } {
  const { name } = params;
  return {
    message: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: ENVELOPE } },
    headers: {
      'MCP-Protocol-Version': MODERN,
      'Mcp-Method': method,
      ...(typeof name === 'string' && { 'Mcp-Name': name }),
    },
  };
}

/** What a tool answered. */
export interface ToolResult {
  readonly isError: boolean;
  /** What clients without structured content show. */
  readonly text: string;
  readonly content: Record<string, unknown>;
}

/** Calls a tool as a client of version 2025-11-25. */
export async function callTool(
  app: Pick<TestApp, 'http'>,
  name: string,
  input: Record<string, unknown>,
  headers: Headers = AS_ADMIN,
): Promise<ToolResult> {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } };
  const { status, body, text } = await postMcp(app, message, {
    ...headers,
    'MCP-Protocol-Version': '2025-11-25',
  });
  if (status !== 200 || body.result === undefined)
    throw new Error(`tools/call was answered ${status}: ${text}`);
  const {
    isError = false,
    content,
    structuredContent = {},
  } = body.result as {
    readonly isError?: boolean;
    readonly content: readonly { readonly text: string }[];
    readonly structuredContent?: Record<string, unknown>;
  };
  return { isError, text: content.map((each) => each.text).join('\n'), content: structuredContent };
}
