import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import oasToHar from '@readme/oas-to-har';
import Oas from 'oas';
import type { Operation } from 'oas/operation';
import type { SchemaObject } from 'oas/types';
import { parse } from 'yaml';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { readOperations } from '#libs/openapi/read-operations.js';
import { API_DOCUMENTS } from '../support/api-documents.js';
import { exchange } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createRegistrant, register } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** Documents, and how many of their operations are called. */
const CALLED = [
  ['Parameter styles (3.1)', 20],
  ['Star Trek (3.0)', 20],
  ['ReadMe (3.1)', 20],
  ['Train Travel (3.1)', 7],
] as const;

/** A request as it arrived. */
interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A call that a client generated from a document makes, with values for all its parameters. */
interface Call {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe('a call that is built from the exported document', () => {
  let app: TestApp;
  let server: Server;
  const arrived: Arrived[] = [];

  beforeAll(async () => {
    app = await startApp();
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        arrived.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    await app.close();
  });

  async function received({ method, target, headers, body }: Call): Promise<Arrived> {
    const { port } = server.address() as AddressInfo;
    arrived.length = 0;
    await exchange(`http://127.0.0.1:${port}`, { method, target, headers, body });
    const [request] = arrived;
    if (request === undefined) throw new Error(`${method} ${target} did not arrive`);
    // Not of a parameter: a client takes it from all responses, of which the registry keeps one.
    const { accept: _, ...others } = request.headers;
    return { ...request, headers: others };
  }

  /** The document of an application that registered the operations of another one. */
  async function exported(document: object): Promise<object> {
    const registrant = await createRegistrant(app);
    const { endpoints } = readOperations(OpenApiDocument.of(document), { baseDomain: null });
    expect((await register(app, registrant, endpoints)).status).toBe(200);
    const response = await app.http
      .get(`/applications/${registrant.appKey}/environments/production/openapi.json`)
      .set(AS_ADMIN)
      .expect(200);
    return response.body as object;
  }

  it.each(CALLED)('reaches a server as one from the document itself does: %s', async (name, count) => {
    const document = await documentOf(API_DOCUMENTS[name]);
    const original = operationsOf(document);
    const again = operationsOf(await exported(document));
    const prefix = new URL(original.url, 'http://localhost').pathname.replace(/\/$/, '');
    const chosen = original.operations.slice(0, count);
    expect(chosen).toHaveLength(count);
    for (const operation of chosen) {
      const values = valuesFor(operation);
      const counterpart = again.operations.find(
        ({ method, path }) => method === operation.method && path === `${prefix}${operation.path}`,
      );
      const expected = await received(callOf(original.oas, operation, values));
      expect(await received(callOf(again.oas, counterpart, values))).toEqual(expected);
    }
  });
});

async function documentOf(file: string): Promise<object> {
  const text = await readFile(file, 'utf8');
  return (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as object;
}

function operationsOf(document: object): { oas: Oas; url: string; operations: readonly Operation[] } {
  const oas = Oas.init(withDefaultStyles(document) as Record<string, unknown>);
  const operations = Object.values(oas.getPaths()).flatMap((path) => Object.values(path));
  return { oas, url: oas.url(), operations };
}

/**
 * The document with the style of every parameter written out (OpenAPI 3.1, section 4.8.12): the client serialises absent
 * styles otherwise than the same styles when they are named.
 */
function withDefaultStyles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDefaultStyles);
  if (typeof value !== 'object' || value === null) return value;
  const object = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withDefaultStyles(each)]),
  );
  if (typeof object.in !== 'string' || typeof object.name !== 'string' || !('schema' in object))
    return object;
  const { style = object.in === 'query' || object.in === 'cookie' ? 'form' : 'simple' } = object;
  return { ...object, style, explode: object.explode ?? style === 'form' };
}

type Values = NonNullable<Parameters<typeof oasToHar>[2]>;

/** A value for every parameter and the body, from their types. */
function valuesFor(operation: Operation): Values {
  const values: Record<string, Record<string, unknown>> = { path: {}, query: {}, header: {}, cookie: {} };
  for (const parameter of operation.getParameters()) {
    const [media] = Object.values(parameter.content ?? {});
    const schema = (parameter.schema ?? (media as { schema?: unknown } | undefined)?.schema) as SchemaObject;
    const place = values[parameter.in];
    if (place !== undefined) place[parameter.name] = valueFor(schema);
  }
  const hasBody = operation.hasRequestBody() && operation.getContentType().includes('json');
  return { ...values, ...(hasBody && { body: { name: 'ä & ö', lines: [1, { two: null }] } }) };
}

function valueFor(schema: SchemaObject | undefined): unknown {
  const type = Array.isArray(schema?.type) ? schema.type[0] : schema?.type;
  switch (type) {
    case 'integer':
    case 'number':
      return 7;
    case 'boolean':
      return true;
    case 'array':
      return ['black', 'blue & green'];
    case 'object':
      return { R: 100, G: 'a b' };
    default:
      return 'blue/ü';
  }
}

function callOf(oas: Oas, operation: Operation | undefined, values: Values): Call {
  const [entry] = oasToHar(oas, operation, values).log.entries;
  const { method, url, queryString, headers, cookies, postData } = entry.request;
  const query = queryString.map(({ name, value }) => `${name}=${value}`).join('&');
  const { pathname, search } = new URL(query === '' ? url : `${url}?${query}`);
  const fields = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return {
    method,
    target: `${pathname}${search}`,
    headers: { ...fields, ...(cookie !== '' && { cookie }) },
    ...(postData?.text !== undefined && { body: postData.text }),
  };
}
