import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { type Endpoint, endpointsOf } from '../../examples/openapi/endpoints-of.js';
import { OpenApiDocument } from '../../examples/openapi/openapi-document.js';

const FIGMA = fileURLToPath(
  new URL('../../../node_modules/@figma/rest-api-spec/openapi/openapi.yaml', import.meta.url),
);

/** The endpoint of `GET /things` in a document with these parts. */
function things(
  operation: Record<string, unknown>,
  { version = '3.1.0', ...parts }: Record<string, unknown> = {},
): Endpoint {
  const [endpoint] = endpointsOf(
    new OpenApiDocument({
      openapi: version,
      paths: { '/things': { get: { responses: {}, ...operation } } },
      ...parts,
    }),
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

/** Every reference anywhere in a value. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === '$ref' && typeof each === 'string' ? [each] : references(each),
  );
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
  });

  it('has its parameters as one schema a place, those of its path included and overridden', () => {
    const [endpoint] = endpointsOf(
      new OpenApiDocument({
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
      }),
    );
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
          [{ scheme: 'oauth', type: 'oauth2', scopes: ['read'] }],
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
    const schema = response(ref('L0'), doubling) as { $ref: string; $defs: Record<string, unknown> };
    expect(schema.$ref).toBe('#/$defs/L0');
    expect(Object.keys(schema.$defs)).toHaveLength(60);
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

  it('refuses to guess at what the document does not have', () => {
    expect(() => response(ref('Absent'))).toThrow(
      'refers to "#/components/schemas/Absent", which it does not have',
    );
    expect(() => response({ $ref: 'other.yaml#/A' })).toThrow('refers to "other.yaml#/A" outside itself');
  });
});

it('makes self-contained schemas of a reasonable size from the Figma REST API', async () => {
  const endpoints = endpointsOf(await OpenApiDocument.read(FIGMA));
  for (const { method, path, pathParams, queryParams, requestBody, responseBody } of endpoints) {
    for (const schema of [pathParams, queryParams, requestBody, responseBody]) {
      const definitions = Object.keys(schema?.$defs ?? {}).map((name) => `#/$defs/${name}`);
      expect({
        method,
        path,
        dangling: references(schema).filter((each) => !definitions.includes(each)),
      }).toEqual({
        method,
        path,
        dangling: [],
      });
    }
  }
  expect(JSON.stringify(endpoints).length).toBeLessThan(1_000_000);
});
