import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import type { Endpoint } from '#libs/domain/endpoint.js';
import type { JsonObject } from '#libs/openapi/json-object.js';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { OpenApiWriter } from '#libs/openapi/openapi-writer.js';
import { readOperations } from '#libs/openapi/read-operations.js';
import { LEFT_OUT } from '../../support/builders.js';
import { describe, expect, it } from '../../support/jest.js';

const ENDPOINT: Endpoint = {
  ...LEFT_OUT,
  name: 'Get an order',
  path: '/orders/{orderId}',
  method: 'GET',
  isPublic: true,
  pathParams: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
};

interface Written {
  readonly paths: Record<string, Record<string, JsonObject>>;
  readonly components: { readonly securitySchemes: JsonObject };
}

function documentOf(...endpoints: Endpoint[]): Written {
  const writer = new OpenApiWriter({ title: 'Orders', description: '', version: 'test', baseDomain: null });
  for (const endpoint of endpoints) writer.add(endpoint);
  return JSON.parse(writer.finished().join('')) as Written;
}

/** The operation of an endpoint that differs so from {@link ENDPOINT}, after a look at what reading it gives. */
function operation(differing: Partial<Endpoint> = {}): JsonObject {
  const endpoint = { ...ENDPOINT, ...differing };
  const document = documentOf(endpoint);
  expect(readOperations(OpenApiDocument.of(document), { baseDomain: null }).endpoints).toEqual([endpoint]);
  const written = document.paths[endpoint.path]?.[endpoint.method.toLowerCase()];
  if (written === undefined) throw new Error('It is not there');
  return written;
}

describe('the operation of an endpoint', () => {
  it('is plain OpenAPI where that says all', () => {
    expect(
      operation({ description: 'One order', queryParams: { type: 'object', properties: { expand: true } } }),
    ).toEqual({
      summary: 'Get an order',
      description: 'One order',
      parameters: [
        { name: 'orderId', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'expand', in: 'query', schema: {} },
      ],
      responses: { 200: { description: 'Success' } },
      security: [],
      'x-mcp-registry': { queryParams: '{"type":"object","properties":{"expand":true}}' },
    });
    expect(operation({ contentType: 'text/csv', requestBody: { type: 'string' } })).toEqual({
      summary: 'Get an order',
      parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string' } }],
      requestBody: { content: { 'text/csv': { schema: { type: 'string' } } } },
      responses: { 200: { description: 'Success' } },
      security: [],
    });
  });

  it('has a parameter for each name of its path, and no other in the path', () => {
    const pathParams = { orderId: 'string', lines: 3 };
    expect(operation({ pathParams, path: '/orders/{orderId}/{line}' })).toMatchObject({
      parameters: [
        { name: 'orderId', in: 'path', required: true, schema: {} },
        { name: 'line', in: 'path', required: true, schema: {} },
      ],
      'x-mcp-registry': { pathParams: JSON.stringify(pathParams) },
    });
  });

  it('refers to its own schemas where they refer to themselves', () => {
    const tree = { properties: { children: { items: { $ref: '#/$defs/Tree' } } } };
    const place = '#/paths/~1orders~1%7BorderId%7D/get/responses/200/content/application~1json/schema';
    const { responses, ...rest } = operation({
      responseContentType: 'application/json',
      responseBody: { ...tree, $defs: { Tree: tree } },
    });
    expect(responses).toMatchObject({
      200: {
        content: {
          'application/json': {
            schema: { properties: { children: { items: { $ref: `${place}/$defs/Tree` } } } },
          },
        },
      },
    });
    expect(rest).not.toHaveProperty('x-mcp-registry');
  });

  it.each([
    ['elsewhere', { items: { $ref: '#/components/schemas/Order' } }],
    ['outside', { items: { $ref: 'https://example.com/order.json' } }],
    ['nowhere', { $ref: '#/definitions/Order' }],
    ['below an id', { $id: 'urn:order', items: { $ref: '#/$defs/A' }, $defs: { A: {} } }],
    ['from data', { examples: [{ $ref: '#/no/schema' }], type: 'object' }],
  ])('does not refer %s', (_, responseBody) => {
    const { 'x-mcp-registry': extension, ...plain } = operation({
      responseContentType: 'application/json',
      responseBody,
    });
    expect(extension).toEqual({ responseBody: JSON.stringify(responseBody) });
    expect(JSON.stringify(plain)).not.toContain('$ref');
  });

  it('requires what the registry knows of the credentials', () => {
    const alternatives = [
      [{ scheme: 'Key', type: 'apiKey', in: 'header', name: 'X-Key' }],
      [
        {
          scheme: 'Login',
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: 'https://example.com/token' } },
          scopes: ['read'],
        },
      ],
    ];
    const secured = { ...ENDPOINT, isPublic: false, authType: 'API_KEY', authConfig: { alternatives } };
    expect(operation(secured)).toMatchObject({ security: [{ Key: [] }, { Login: ['read'] }] });
    expect(operation(secured)).not.toHaveProperty('x-mcp-registry');
    expect(documentOf(secured).components.securitySchemes).toEqual({
      Key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      Login: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://example.com/token', scopes: {} } },
      },
    });
    const bearer = operation({ isPublic: false, authType: 'BEARER' });
    expect(bearer).toMatchObject({ security: [{ BEARER: [] }] });
    expect(bearer['x-mcp-registry']).toEqual({
      authConfig: null,
    });
    expect(operation({ isPublic: false })['x-mcp-registry']).toEqual({ isPublic: false });
  });

  it('has a scheme of its own where others call another one the same', () => {
    const withKey = (path: string, name: string): Endpoint => ({
      ...ENDPOINT,
      path,
      pathParams: null,
      isPublic: false,
      authType: 'API_KEY',
      authConfig: { alternatives: [[{ scheme: 'key', type: 'apiKey', in: 'query', name }]] },
    });
    const both = [withKey('/a', 'a'), withKey('/b', 'b')];
    const document = documentOf(...both);
    expect(Object.keys(document.components.securitySchemes)).toEqual(['key', 'key2']);
    expect(readOperations(OpenApiDocument.of(document), { baseDomain: null }).endpoints).toEqual(both);
  });

  it('loses nothing, whatever was registered, and stays valid', async () => {
    const validator = new Validator();
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('', ' ', '/', '#'));
    const word = fc.constantFrom(
      ...[
        'type',
        'properties',
        'items',
        '$ref',
        '$defs',
        '$id',
        'a',
        '__proto__',
        'default',
        'required',
        'x-y',
      ],
      ...['nullable', 'example', 'alternatives', 'scheme', 'discriminator', 'mapping'],
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(
          fc.constantFrom('#', '#/$defs/a', '#/properties/a', 'object'),
          text,
          fc.integer(),
          fc.boolean(),
          fc.constant(null),
        ),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(word, text), tie('json'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const field = fc.option(json);
    const endpoint = fc.record<Endpoint>({
      name: text.filter((name) => name !== ''),
      path: text.map((rest) => `/${rest}{a}`),
      method: fc.constantFrom('GET', 'POST', 'TRACE'),
      description: fc.option(text),
      isPublic: fc.boolean(),
      authType: fc.option(fc.oneof(text, fc.constantFrom('BEARER', 'api_key', '__proto__'))),
      authConfig: field,
      contentType: fc.option(text),
      pathParams: field,
      queryParams: field,
      requestBody: field,
      responseBody: field,
      operationId: fc.option(text.filter((id) => id !== '')),
      tags: fc.option(fc.array(text, { minLength: 1 })),
      deprecated: fc.boolean(),
      headerParams: field,
      cookieParams: field,
      parameterStyles: fc.option(
        fc.record(
          {
            query: fc.dictionary(
              fc.oneof(word, text),
              fc.record(
                { style: fc.constantFrom('deepObject', 'pipeDelimited', 'form'), explode: fc.boolean() },
                { requiredKeys: [] },
              ),
              { noNullPrototype: true },
            ),
            header: fc.dictionary(text, fc.constant({ contentType: 'application/json' }), {
              noNullPrototype: true,
            }),
          },
          { requiredKeys: [] },
        ),
      ),
      requestBodyRequired: fc.boolean(),
      responseContentType: fc.option(text),
      baseUrl: fc.constantFrom(null, 'https://uploads.example.com', 'http://localhost:8080'),
      keywords: fc.option(fc.array(text, { minLength: 1 })),
    });
    await fc.assert(
      fc.asyncProperty(endpoint, async (given) => {
        const plain = JSON.parse(JSON.stringify(given)) as Endpoint;
        const document = documentOf(plain);
        expect(readOperations(OpenApiDocument.of(document), { baseDomain: null }).endpoints).toEqual([plain]);
        expect(
          await validator.validate(structuredClone(document) as unknown as Record<string, unknown>),
        ).toEqual({
          valid: true,
        });
      }),
      { numRuns: 200 },
    );
  });
});
