import type { Endpoint } from '#libs/domain/endpoint.js';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { readOperations } from '#libs/openapi/read-operations.js';
import { describe, expect, it } from '../../support/jest.js';

function endpointsIn(document: Record<string, unknown>, baseDomain: string | null = null): Endpoint[] {
  return readOperations(OpenApiDocument.of(document), { baseDomain }).endpoints;
}

/** The endpoint of `GET /things` in a document with these parts. */
function things(
  operation: Record<string, unknown>,
  { version = '3.1.0', ...parts }: Record<string, unknown> = {},
  baseDomain: string | null = null,
): Endpoint {
  const [endpoint] = endpointsIn(
    { openapi: version, paths: { '/things': { get: { responses: {}, ...operation } } }, ...parts },
    baseDomain,
  );
  if (endpoint === undefined) throw new Error('No operation was found');
  return endpoint;
}

/** The response schema of an operation, with these component schemas. */
function response(schema: unknown, schemas: Record<string, unknown> = {}, version = '3.1.0'): unknown {
  return things(
    { responses: { 200: { content: { 'application/json': { schema } } } } },
    { version, components: { schemas } },
  ).responseBody;
}

describe('an operation', () => {
  it('takes its name from the summary, the operation id, or method and path', () => {
    expect(things({ summary: 'List things', operationId: 'listThings' }).name).toBe('List things');
    expect(things({ summary: ' ', operationId: 'listThings' }).name).toBe('listThings');
    expect(things({}).name).toBe('GET /things');
  });

  it('lies below the path of its server', () => {
    const servers = [
      { url: 'https://{host}/{base}/', variables: { host: { default: 'h' }, base: { default: 'v2' } } },
    ];
    expect(things({}, { servers }).path).toBe('/v2/things');
    expect(things({ servers: [{ url: '/v3' }] }, { servers }).path).toBe('/v3/things');
    expect(things({}, { servers: [{ url: 'not a { url' }] }).path).toBe('/not%20a%20%7B%20url/things');
  });

  it.each([
    [null, '/api/v2/things'],
    ['example.com', '/api/v2/things'],
    ['http://example.com:8080/api/', '/v2/things'],
    ['example.com/api/v2', '/things'],
    ['example.com/api/v', '/api/v2/things'],
  ])('does not repeat the path of the base domain %s', (baseDomain, path) => {
    const servers = [{ url: 'https://other.example.com/api/v2' }];
    expect(things({}, { servers }, baseDomain).path).toBe(path);
  });

  it('is neither a callback nor a webhook, nor what the registry has no method for', () => {
    const { length } = endpointsIn({
      openapi: '3.2.0',
      webhooks: { sent: { post: {} } },
      paths: {
        '/things': {
          post: { callbacks: { done: { '{$request.body#/url}': { post: {} } } } },
          query: {},
          additionalOperations: { COPY: {} },
        },
        'x-internal': { get: {} },
      },
    });
    expect(length).toBe(1);
  });

  it('keeps every character, and as many of them as the registry has room for', () => {
    const { name, description } = things({ summary: `${'x'.repeat(253)}🙂🙂`, description: 'Größe 中文 🙂' });
    expect([name, description]).toEqual([`${'x'.repeat(253)}…`, 'Größe 中文 🙂']);
    expect(things({ description: '' }).description).toBe('');
    expect(things({ description: 'x'.repeat(20_001) }).description).toBe(`${'x'.repeat(19_999)}…`);
  });

  it('has the body of its media type, whatever that is', () => {
    const body = (content: unknown): Partial<Endpoint> => {
      const { contentType, requestBody } = things({ requestBody: { content } });
      return { contentType, requestBody };
    };
    expect(body({ 'application/xml': { schema: { type: 'object' } } })).toEqual({
      contentType: 'application/xml',
      requestBody: { type: 'object' },
    });
    expect(body({ 'application/octet-stream': {} })).toEqual({
      contentType: 'application/octet-stream',
      requestBody: null,
    });
    expect(body({ 'text/csv': {}, 'application/json; charset=utf-8': { schema: true } })).toEqual({
      contentType: 'application/json; charset=utf-8',
      requestBody: {},
    });
  });

  it('has its parameters as one schema a place, those of its path included and overridden', () => {
    const [endpoint] = endpointsIn({
      openapi: '3.0.3',
      components: {
        parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
      },
      paths: {
        '/things/{id}': {
          parameters: [
            { $ref: '#/components/parameters/Id' },
            { name: 'q', in: 'query', schema: { type: 'string' } },
            { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
          ],
          get: {
            parameters: [
              {
                name: 'q',
                in: 'query',
                required: true,
                description: 'Filter',
                schema: { type: 'integer' },
              },
              { name: 'f', in: 'query', content: { 'application/json': { schema: { type: 'array' } } } },
            ],
          },
        },
      },
    });
    expect(endpoint).toMatchObject({
      pathParams: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      queryParams: {
        type: 'object',
        properties: { q: { type: 'integer', description: 'Filter' }, f: { type: 'array' } },
        required: ['q'],
      },
      requestBody: null,
      responseBody: null,
    });
  });

  it('answers with the lowest 2xx, as JSON where it can', () => {
    const schema = (title: string): unknown => ({ schema: { title } });
    expect(
      things({
        responses: {
          default: { content: { 'application/json': schema('error') } },
          202: { content: { 'application/json': schema('accepted') } },
          201: { content: { 'text/plain': schema('text'), 'application/hal+json': schema('created') } },
        },
      }).responseBody,
    ).toEqual({ title: 'created' });
    expect(things({ responses: { 204: { description: 'Done' } } }).responseBody).toBeNull();
  });

  it('is public when nothing, or also nothing, is required', () => {
    const components = {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        key: { type: 'apiKey', in: 'header', name: 'X-Key' },
        oauth: { type: 'oauth2', flows: {} },
      },
    };
    const security = [{ token: [] }];
    expect(things({}, { components })).toMatchObject({ isPublic: true, authType: null, authConfig: null });
    expect(things({}, { components, security })).toMatchObject({ isPublic: false, authType: 'BEARER' });
    expect(things({ security: [] }, { components, security })).toMatchObject({
      isPublic: true,
      authType: null,
    });
    expect(things({ security: [{}, { key: [] }] }, { components })).toMatchObject({
      isPublic: true,
      authType: 'API_KEY',
    });
    expect(things({ security: [{ oauth: ['read'] }, { key: [] }] }, { components })).toMatchObject({
      isPublic: false,
      authType: 'OAUTH2',
      authConfig: {
        alternatives: [
          [{ scheme: 'oauth', type: 'oauth2', flows: {}, scopes: ['read'] }],
          [{ scheme: 'key', type: 'apiKey', in: 'header', name: 'X-Key' }],
        ],
      },
    });
  });
});

describe('a schema', () => {
  const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

  it('has what it refers to written in its place', () => {
    expect(
      response(
        { type: 'array', items: ref('A') },
        { A: { properties: { b: ref('B') } }, B: { type: 'string' } },
      ),
    ).toEqual({ type: 'array', items: { properties: { b: { type: 'string' } } } });
  });

  it('keeps what is circular as definitions of its own', () => {
    const schemas = {
      Tree: { properties: { children: { type: 'array', items: ref('Tree') }, owner: ref('Person') } },
      Person: { type: 'string' },
    };
    expect(response({ properties: { root: ref('Tree') } }, schemas)).toEqual({
      properties: { root: { $ref: '#/$defs/Tree' } },
      $defs: {
        Tree: {
          properties: {
            children: { type: 'array', items: { $ref: '#/$defs/Tree' } },
            owner: { type: 'string' },
          },
        },
      },
    });
  });

  it('does not explode where every component doubles the next', () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 60 }, (_, level) => [
        `L${level}`,
        level === 59
          ? { type: 'string' }
          : { properties: { a: ref(`L${level + 1}`), b: ref(`L${level + 1}`) } },
      ]),
    );
    const schema = response(ref('L0'), doubling) as { $defs: Record<string, unknown> };
    expect(schema).toEqual({
      properties: { a: { $ref: '#/$defs/L1' }, b: { $ref: '#/$defs/L1' } },
      $defs: expect.anything(),
    });
    expect(Object.keys(schema.$defs)).toHaveLength(59);
    expect(schema.$defs.L3).toEqual({ properties: { a: { $ref: '#/$defs/L4' }, b: { $ref: '#/$defs/L4' } } });
  });

  it('minds what stands beside a reference from OpenAPI 3.1 on', () => {
    const schemas = { Name: { type: 'string', description: 'A name', maxLength: 9 } };
    const described = { ...ref('Name'), description: 'Your name' };
    expect(response(described, schemas)).toEqual({ ...schemas.Name, description: 'Your name' });
    expect(response(described, schemas, '3.0.3')).toEqual(schemas.Name);
    expect(response({ ...ref('Name'), maxLength: 20 }, schemas)).toEqual({
      allOf: [schemas.Name, { maxLength: 20 }],
    });
  });

  it('tells references from data and from properties that are called so', () => {
    const schema = {
      properties: { $ref: { type: 'string' }, default: ref('A') },
      example: { $ref: '#/nowhere' },
      default: { $ref: '#/nowhere' },
    };
    expect(response(schema, { A: { type: 'number' } })).toEqual({
      ...schema,
      properties: { $ref: { type: 'string' }, default: { type: 'number' } },
    });
  });

  it('is an object even where the document says true', () => {
    expect(response(true)).toEqual({});
    expect(response(false)).toEqual({ not: {} });
  });

  it('is seen as a whole even where it is circular', () => {
    const Tree = { type: 'object', properties: { children: { items: ref('Tree') } } };
    const written = { type: 'object', properties: { children: { items: { $ref: '#/$defs/Tree' } } } };
    expect(response(ref('Tree'), { Tree })).toEqual({ ...written, $defs: { Tree: written } });
  });

  it('keeps references to its own parts', () => {
    const schema = {
      type: 'object',
      properties: {
        first: { type: 'string' },
        second: {
          $ref: '#/paths/~1things/get/responses/200/content/application~1json/schema/properties/first',
        },
      },
    };
    expect(response(schema)).toEqual({
      type: 'object',
      properties: { first: { type: 'string' }, second: { $ref: '#/properties/first' } },
    });
  });

  it('of OpenAPI 3.0 becomes JSON Schema 2020-12', () => {
    const schema = {
      type: 'object',
      nullable: true,
      properties: {
        nullable: { type: 'string', nullable: true, enum: ['a'], example: 'a' },
        example: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
      },
    };
    expect(response(schema, {}, '3.0.3')).toEqual({
      type: ['object', 'null'],
      properties: {
        nullable: { type: ['string', 'null'], enum: ['a', null], examples: ['a'] },
        example: { type: 'number', exclusiveMinimum: 0, maximum: 9 },
      },
    });
    expect(response(schema, {}, '3.1.0')).toEqual(schema);
  });
});
