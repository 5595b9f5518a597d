import { Client as NewClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createApplication, endpoint, issueKey } from '../support/builders.js';
import { CLI_MAIN } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** What both clients have in common. */
interface AnyClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  getInstructions(): string | undefined;
  getServerVersion(): { readonly name: string } | undefined;
  close(): Promise<void>;
}

interface Result {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

describe('clients of MCP', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ BASE_PATH: '/registry' });
    await createApplication(app, {
      appKey: 'payments',
      name: 'Payments',
      environments: [{ name: 'production', baseDomain: 'payments.example.com' }],
    });
    const { apiKey } = await issueKey(app, 'payments');
    await app.http
      .post('/register/endpoints')
      .set({ 'X-App-Key': 'payments', 'X-API-Key': apiKey })
      .send({
        app_key: 'payments',
        endpoints: [endpoint({ name: 'Refund a payment', path: '/refunds', method: 'POST' })],
      })
      .expect(200);
  });
  afterAll(() => app.close());

  const info = { name: 'tests', version: '1' };
  const url = (): URL => new URL(`${app.url}/mcp`);

  const CLIENTS: Readonly<Record<string, () => Promise<AnyClient>>> = {
    'the SDK 2.4.0, in version 2026-07-28': async () => {
      const client = new NewClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
      await client.connect(new StreamableHTTPClientTransport(url(), { requestInit: { headers: AS_ADMIN } }));
      return client;
    },
    'the SDK 2.4.0, which asks for the version': async () => {
      const client = new NewClient(info, { versionNegotiation: { mode: 'auto' } });
      await client.connect(new StreamableHTTPClientTransport(url(), { requestInit: { headers: AS_ADMIN } }));
      return client;
    },
    'the SDK 2.4.0, in version 2025-11-25': async () => {
      const client = new NewClient(info);
      await client.connect(new StreamableHTTPClientTransport(url(), { requestInit: { headers: AS_ADMIN } }));
      return client;
    },
    'the SDK 1.32.2': async () => {
      const client = new OldClient(info);
      await client.connect(new OldTransport(url(), { requestInit: { headers: AS_ADMIN } }));
      return client;
    },
    'the SDK 2.4.0 over stdio': async () => {
      const client = new NewClient(info);
      await client.connect(stdio());
      return client;
    },
    'the SDK 2.4.0 over stdio, in version 2026-07-28': async () => {
      const client = new NewClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
      await client.connect(stdio());
      return client;
    },
  };

  function stdio(): StdioClientTransport {
    return new StdioClientTransport({
      command: process.execPath,
      args: [CLI_MAIN, '--url', app.url, 'mcp'],
      env: { MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY },
      stderr: 'inherit',
    });
  }

  it.each(Object.entries(CLIENTS))('hold a whole conversation: %s', async (_, connect) => {
    const client = await connect();
    try {
      expect(client.getServerVersion()?.name).toBe('mcp-registry');
      expect(client.getInstructions()).toContain('search_endpoints');
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual([
        'search_endpoints',
        'get_endpoints',
        'list_applications',
        'list_endpoints',
      ]);
      const call = async (name: string, input: Record<string, unknown>): Promise<Result> =>
        (await client.callTool({ name, arguments: input })) as Result;

      const found = await call('search_endpoints', { query: 'refund a payment' });
      const [hit] = found.structuredContent?.hits ?? [];
      expect(hit).toMatchObject({ application: 'payments', method: 'POST', path: '/refunds' });
      const told = await call('get_endpoints', { ids: [hit?.id] });
      expect(told.structuredContent?.endpoints).toEqual([
        expect.objectContaining({ url: 'https://payments.example.com/refunds' }),
      ]);
      expect((await call('list_applications', {})).structuredContent?.applications).toHaveLength(1);
      expect(
        (await call('list_endpoints', { application: 'payments' })).structuredContent?.endpoints,
      ).toHaveLength(1);

      const refused = await call('list_endpoints', { application: 'payment' });
      expect([refused.isError, refused.content[0]?.text]).toEqual([
        true,
        'There is no application "payment". Did you mean "payments"?',
      ]);
      await expect(call('erase', {})).rejects.toThrow('There is no tool "erase"');
    } finally {
      await client.close();
    }
  });

  it('learn that a key is wrong', async () => {
    const client = new NewClient(info);
    const headers = { 'X-Admin-Key': 'wrong' };
    await expect(
      client.connect(new StreamableHTTPClientTransport(url(), { requestInit: { headers } })),
    ).rejects.toThrow('401');
  });
});
