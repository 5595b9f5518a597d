import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { readDocument } from '#cli/openapi/read-document.js';
import { readOperations } from '#libs/openapi/read-operations.js';
import { API_DOCUMENTS } from '../support/api-documents.js';
import { createApplication, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const TOKEN = 'the-token-of-the-traveller';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Registered APIs, of which only the first runs. */
const APIS = {
  trains: 'Train Travel (3.1)',
  sites: 'Netlify (2.0)',
  pets: 'Petstore (2.0, YAML)',
  addresses: 'Ideal Postcodes (3.0)',
} as const;

/** What the train company answers: 400 to all that its description does not allow. */
async function trainCompany(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://trains');
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    answer(401, {});
    return;
  }
  const call = `${request.method ?? ''} ${url.pathname}`;
  if (call === 'GET /trips') {
    const { origin = '', destination = '', date = '' } = Object.fromEntries(url.searchParams);
    const isRight = UUID.test(origin) && UUID.test(destination) && !Number.isNaN(Date.parse(date));
    answer(isRight ? 200 : 400, { data: [] });
  } else if (call === 'POST /bookings') {
    const body: unknown = JSON.parse(await text(request));
    const isRight =
      typeof body === 'object' && body !== null && request.headers['content-type'] === 'application/json';
    answer(isRight ? 201 : 400, { booked: body });
  } else if (/^GET \/bookings\/[\da-f-]+$/.test(call)) answer(200, { id: url.pathname.slice(10) });
  else answer(404, {});
}

interface Told {
  readonly endpoints: readonly {
    readonly url: string;
    readonly example: {
      readonly method: string;
      readonly url: string;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    };
  }[];
}

/** All that an agent does: asks in words, reads how the best hit is called, puts its credentials in, and calls it. */
async function ask(client: Client, query: string, alsoTry: readonly string[]): Promise<Response> {
  const call = async (name: string, input: Record<string, unknown>): Promise<unknown> => {
    const { structuredContent } = (await client.callTool({ name, arguments: input })) as {
      structuredContent: unknown;
    };
    return structuredContent;
  };
  const { hits } = (await call('search_endpoints', { query, alsoTry })) as {
    hits: readonly { id: string }[];
  };
  const { endpoints } = (await call('get_endpoints', { ids: [hits[0]?.id] })) as Told;
  const example = endpoints[0]?.example;
  if (example === undefined) throw new Error('The answer has no example');
  const headers = Object.entries(example.headers ?? {}).map(([name, value]): [string, string] => [
    name,
    value.replace('<access token>', TOKEN),
  ]);
  return fetch(example.url, {
    method: example.method,
    headers,
    ...(example.body !== undefined && { body: JSON.stringify(example.body) }),
  });
}

describe('an agent with nothing but the client of the SDK', () => {
  let app: TestApp;
  let trains: LoopbackOrigin;
  let client: Client;

  beforeAll(async () => {
    trains = await startOrigin((request, response) => void trainCompany(request, response));
    app = await startApp();
    for (const [appKey, document] of Object.entries(APIS)) {
      await createApplication(app, {
        appKey,
        environments: [
          { name: 'production', baseDomain: appKey === 'trains' ? trains.url : `${appKey}.example.com` },
        ],
      });
      const { apiKey } = await issueKey(app, appKey);
      const { document: read } = await readDocument(API_DOCUMENTS[document], { allowed: [], headers: {} });
      const { endpoints, definitions } = readOperations(read, { baseDomain: null, sharesDefinitions: true });
      await app.http
        .post('/register/endpoints')
        .set({ 'X-App-Key': appKey, 'X-API-Key': apiKey })
        .send(JSON.parse(JSON.stringify({ app_key: appKey, endpoints, definitions })) as object)
        .expect(200);
    }
    client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const transport = new StreamableHTTPClientTransport(new URL(`${app.url}/mcp`), {
      requestInit: { headers: AS_ADMIN },
    });
    await client.connect(transport);
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    await trains.close();
  });

  it.each([
    ['When can I travel by rail from Paris to Berlin?', ['find train trips', 'available connections'], 200],
    ['Reserve me a seat for tomorrow', ['create booking', 'book a train trip'], 201],
    ['Show me what I reserved, by its number', ['get booking by id', 'booking details'], 200],
  ])('gets from "%s" to a call that succeeds', async (question, alsoTry, status) => {
    const response = await ask(client, question, alsoTry);
    expect(response.status).toBe(status);
    await response.body?.cancel();
  });
});
