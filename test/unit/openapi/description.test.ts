import { descriptionIn } from '#libs/openapi/description.js';
import { type ReadingOptions, type ReadOperations, readOperations } from '#libs/openapi/read-operations.js';
import { withPointerReferences } from '#libs/openapi/schema-identifiers.js';
import { describe, expect, it } from '../../support/jest.js';

type Part = Readonly<Record<string, unknown>>;

const OK = { 200: { description: 'ok' } };

async function read(
  document: Part,
  options: Partial<ReadingOptions> = {},
  url?: string,
): Promise<ReadOperations> {
  const whole = { openapi: '3.1.0', info: { title: 'Depot', version: '1' }, ...document };
  return readOperations(await descriptionIn(withPointerReferences(whole, url), url), {
    baseDomain: null,
    ...options,
  });
}

/** The request and response schemas of one operation that takes and gives the same schema. */
async function bodies(
  schema: unknown,
  schemas: Part = {},
  openapi = '3.0.3',
): Promise<{ request: unknown; response: unknown }> {
  const content = { 'application/json': { schema } };
  const { endpoints, warnings } = await read({
    openapi,
    paths: { '/crates': { post: { requestBody: { content }, responses: { 200: { content } } } } },
    components: { schemas },
  });
  expect(warnings).toEqual([]);
  const [endpoint] = endpoints;
  return { request: endpoint?.requestBody, response: endpoint?.responseBody };
}

const ref = (name: string): Part => ({ $ref: `#/components/schemas/${name}` });

describe('a document', () => {
  it('may write its version as a number', async () => {
    const paths = { '/crates': { get: { summary: 'List', responses: OK } } };
    const swagger = await descriptionIn({ swagger: 2, info: { title: 'D', version: '1' }, paths });
    expect(readOperations(swagger, { baseDomain: null }).endpoints).toMatchObject([{ path: '/crates' }]);
    expect((await read({ openapi: 3.1, paths })).endpoints).toMatchObject([{ path: '/crates' }]);
  });

  it('is refused when it is no description', async () => {
    await expect(descriptionIn({ swagger: '1.2' })).rejects.toThrow('is not an OpenAPI description');
  });

  it('is read without the parts that have a mistake, and says which operations they are in', async () => {
    const { endpoints, warnings, skipped } = await read({
      paths: {
        '/crates': { get: { summary: 'List', responses: OK } },
        '/pallets': { get: { summary: 'Pallets', security: [{ sessionToken: [] }], responses: OK } },
        '/boxes': {
          get: { responses: { 200: { content: { 'application/json': { schema: { items: ref('Box') } } } } } },
          put: { parameters: [{ $ref: '#/components/parameters/Id' }] },
          post: { requestBody: { content: { 'text/json': { schema: { $ref: 'other.yaml#/A' } } } } },
        },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    });
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /crates',
      'GET /pallets',
      'GET /boxes',
      'POST /boxes',
      'PUT /boxes',
    ]);
    expect(endpoints[1]).toMatchObject({
      isPublic: false,
      authType: null,
      authConfig: { alternatives: [[{ scheme: 'sessionToken' }]] },
    });
    expect(endpoints[2]?.responseBody).toEqual({ items: {} });
    expect(warnings).toEqual([
      {
        method: 'GET',
        path: '/pallets',
        detail: 'names the security scheme "sessionToken", which the document does not have',
      },
      {
        method: 'GET',
        path: '/boxes',
        detail: 'refers to "#/components/schemas/Box", which the document does not have',
      },
      {
        method: 'POST',
        path: '/boxes',
        detail: 'refers to "other.yaml#/A", which the document does not have',
      },
      {
        method: 'PUT',
        path: '/boxes',
        detail: 'refers to "#/components/parameters/Id", which the document does not have',
      },
    ]);
    expect(skipped).toEqual([]);
  });

  it('names the tags and parameters that are not kept', async () => {
    const tags = Array.from({ length: 101 }, (_, index) => `tag ${index}`);
    const { endpoints, warnings } = await read({
      paths: {
        '/crates': {
          get: {
            tags: ['stock', 7, '', 'x'.repeat(256)],
            parameters: [
              { in: 'query', schema: {} },
              { name: 'sort', in: 'body' },
              { name: 'page' },
              { name: 'Accept', in: 'header' },
              { name: 'limit', in: 'query' },
            ],
          },
          put: { tags },
        },
      },
    });
    expect(endpoints).toMatchObject([
      { tags: ['stock'], queryParams: { properties: { limit: {} } }, headerParams: null },
      { tags: tags.slice(0, 100) },
    ]);
    const warning = (method: string, detail: string): object => ({ method, path: '/crates', detail });
    expect(warnings).toEqual([
      warning('GET', 'has a parameter without a name'),
      warning('GET', 'has the parameter "sort" in "body"; allowed are path, query, header, cookie'),
      warning('GET', 'has the parameter "page" in no place; allowed are path, query, header, cookie'),
      warning('GET', 'has the header parameter "Accept", which OpenAPI gives no meaning'),
      warning('GET', 'has tags that are no texts'),
      warning('GET', 'has tags of more than 255 characters'),
      warning('PUT', 'has 101 tags, of which 100 are kept'),
    ]);
  });

  it('names every operation that is not registered, with the reason', async () => {
    const { endpoints, skipped } = await read({
      openapi: '3.2.0',
      paths: {
        'x-internal': { get: {} },
        '/crates': {
          get: { summary: 'List', responses: OK },
          query: { summary: 'Search', responses: OK },
          additionalOperations: { PURGE: { summary: 'Purge', responses: OK } },
        },
        orders: { post: { callbacks: { done: { '{$request.body#/url}': { post: {} } } } } },
      },
      webhooks: { sent: { post: {} } },
    });
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /crates', 'POST /orders']);
    const noMethod = { reason: 'no-method', detail: 'has a method that the registry does not have' };
    expect(skipped).toEqual([
      { method: 'QUERY', path: '/crates', ...noMethod },
      { method: 'PURGE', path: '/crates', ...noMethod },
      {
        method: 'POST',
        path: '{$request.body#/url}',
        reason: 'not-served',
        detail: 'is a callback of POST /orders: the API calls it',
      },
      { method: 'POST', path: 'sent', reason: 'not-served', detail: 'is a webhook: the API calls it' },
    ]);
  });

  it('is read as far as tags choose it, below a prefix', async () => {
    const paths = {
      '/crates': { get: { tags: ['stock', 'public'] }, put: { tags: ['stock'] }, post: { tags: ['admin'] } },
    };
    const options = { includeTags: ['stock'], excludeTags: ['public'], pathPrefix: '/depot' };
    const { endpoints, skipped } = await read({ paths }, options);
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /depot/crates']);
    expect(skipped).toEqual([
      {
        method: 'GET',
        path: '/crates',
        reason: 'not-chosen',
        detail: 'has the tag "public", which is excluded',
      },
      {
        method: 'POST',
        path: '/crates',
        reason: 'not-chosen',
        detail: 'has none of the tags that are included',
      },
    ]);
  });

  it('has the members of a path item beside its reference', async () => {
    const { endpoints } = await read({
      paths: {
        '/crates': {
          parameters: [{ name: 'page', in: 'query', schema: { type: 'integer' } }],
          get: { summary: 'List', responses: OK },
        },
        '/boxes': {
          $ref: '#/paths/~1crates',
          parameters: [{ name: 'page', in: 'query', schema: { type: 'string' } }],
          post: { summary: 'Add a box', responses: OK },
        },
      },
    });
    expect(endpoints.map(({ method, path, name }) => `${method} ${path} ${name}`)).toEqual([
      'GET /crates List',
      'GET /boxes List',
      'POST /boxes Add a box',
    ]);
    expect(endpoints[2]?.queryParams).toEqual({ type: 'object', properties: { page: { type: 'string' } } });
  });
});

describe('the place of an API', () => {
  const paths = { '/crates': { get: { summary: 'List', responses: OK } } };

  it('is the path of its server, also where the host is a variable without a value', async () => {
    const servers = [{ url: 'https://{tenant}/v1' }];
    expect((await read({ servers, paths })).endpoints).toMatchObject([{ path: '/v1/crates' }]);
    const inPath = [{ url: 'https://depot.example.com/{version}' }];
    expect((await read({ servers: inPath, paths })).endpoints).toMatchObject([{ path: '/{version}/crates' }]);
    expect(
      (await read({ servers: inPath, paths }, { variables: { version: 'v3' } })).endpoints,
    ).toMatchObject([{ path: '/v3/crates' }]);
  });

  it('is resolved against the URL of the document', async () => {
    const servers = [{ url: './v1' }];
    const { endpoints } = await read({ servers, paths }, {}, 'https://depot.example.com/rel/doc.json');
    expect(endpoints).toMatchObject([{ path: '/rel/v1/crates' }]);
  });

  it('is the server that was chosen', async () => {
    const servers = [{ url: 'https://one.example.com/a' }, { url: 'https://two.example.com/b' }];
    expect((await read({ servers, paths }, { server: 2 })).endpoints).toMatchObject([{ path: '/b/crates' }]);
    expect((await read({ servers, paths }, { server: 'https://x.example/c' })).endpoints).toMatchObject([
      { path: '/c/crates' },
    ]);
    await expect(read({ servers, paths }, { server: 3 })).rejects.toThrow(
      'has 2 servers, so that there is no number 3',
    );
  });
});

describe('a schema', () => {
  it('has the map that its properties refer to', async () => {
    const { request } = await bodies(
      { type: 'object', properties: { $ref: '#/components/schemas/Crate/properties' } },
      { Crate: { type: 'object', properties: { id: { type: 'string' } } } },
    );
    expect(request).toEqual({ type: 'object', properties: { id: { type: 'string' } } });
  });

  it('is found by anchor and by identifier', async () => {
    const anchored = {
      Crate: {
        type: 'object',
        properties: { size: { $ref: '#size' } },
        $defs: { Size: { $anchor: 'size', type: 'string' } },
      },
    };
    expect((await bodies(ref('Crate'), anchored, '3.1.0')).request).toMatchObject({
      type: 'object',
      properties: { size: { type: 'string' } },
    });
    const identified = {
      Crate: {
        $id: 'https://schemas.example.com/crate',
        type: 'object',
        properties: { lid: { $ref: 'lid' }, size: { $ref: '#/$defs/Size' } },
        $defs: { Size: { type: 'integer' } },
      },
      Lid: { $id: 'https://schemas.example.com/lid', $anchor: 'top', type: 'boolean' },
    };
    const crate = { type: 'object', properties: { lid: { type: 'boolean' }, size: { type: 'integer' } } };
    expect(
      (await bodies({ $ref: 'https://schemas.example.com/crate' }, identified, '3.1.0')).request,
    ).toMatchObject(crate);
    expect(
      (await bodies({ $ref: 'https://schemas.example.com/lid#top' }, identified, '3.1.0')).request,
    ).toEqual({ type: 'boolean' });
  });

  it('says the value of the discriminator in every branch', async () => {
    const kind = { type: 'string' };
    const schemas = {
      Card: { type: 'object', required: ['kind'], properties: { kind } },
      Cash: { type: 'object', required: ['kind'], properties: { kind } },
      Coupon: { type: 'object', properties: { kind: { const: 'coupon' } } },
    };
    const mapping = { credit_card: '#/components/schemas/Card', debit_card: 'Card' };
    const { request } = await bodies(
      {
        oneOf: [ref('Card'), ref('Cash'), ref('Coupon')],
        discriminator: { propertyName: 'kind', mapping },
      },
      schemas,
    );
    const tagged = (schema: unknown, value: unknown): unknown => ({
      allOf: [schema, { properties: { kind: value }, required: ['kind'] }],
    });
    expect(request).toEqual({
      oneOf: [
        tagged(schemas.Card, { enum: ['credit_card', 'debit_card'] }),
        tagged(schemas.Cash, { const: 'Cash' }),
        schemas.Coupon,
      ],
      discriminator: { propertyName: 'kind' },
    });
  });

  it('of a base is the choice among its subtypes', async () => {
    const Pet = {
      type: 'object',
      required: ['kind'],
      properties: { kind: { type: 'string' } },
      discriminator: { propertyName: 'kind', mapping: { dog: '#/components/schemas/Dog' } },
    };
    const { request } = await bodies(
      { type: 'array', items: ref('Pet') },
      {
        Pet,
        Dog: { allOf: [ref('Pet'), { properties: { barks: { type: 'boolean' } } }] },
        Cat: { allOf: [ref('Pet'), { properties: { purrs: { type: 'boolean' } } }] },
      },
    );
    const properties = { type: Pet.type, required: Pet.required, properties: Pet.properties };
    const branch = (property: string, value: string): unknown => ({
      allOf: [
        { allOf: [properties, { properties: { [property]: { type: 'boolean' } } }] },
        { properties: { kind: { const: value } }, required: ['kind'] },
      ],
    });
    expect(request).toEqual({
      type: 'array',
      items: {
        discriminator: { propertyName: 'kind' },
        oneOf: [branch('barks', 'dog'), branch('purrs', 'Cat')],
      },
    });
  });

  it('requires only properties of its direction', async () => {
    const properties = {
      id: { type: 'string', readOnly: true },
      pin: { type: 'string', writeOnly: true },
      size: { type: 'string' },
    };
    const Crate = { type: 'object', required: ['id', 'pin', 'size'], properties };
    const { request, response } = await bodies(ref('Crate'), { Crate });
    expect(request).toEqual({ ...Crate, required: ['pin', 'size'] });
    expect(response).toEqual({ ...Crate, required: ['id', 'size'] });
    const composed = { allOf: [{ type: 'object', properties }, { required: ['id', 'size'] }] };
    expect((await bodies(composed)).request).toEqual({
      allOf: [{ type: 'object', properties }, { required: ['size'] }],
    });
  });

  it('of OpenAPI 3.0 that is nullable and composed allows null', async () => {
    const A = { type: 'object' };
    const nullable = { nullable: true, description: 'The crate, if any' };
    const { request } = await bodies({ ...nullable, allOf: [ref('A')] }, { A });
    expect(request).toEqual({
      description: 'The crate, if any',
      anyOf: [{ allOf: [A] }, { type: 'null' }],
    });
    expect((await bodies({ ...nullable, oneOf: [ref('A')] }, { A })).request).toEqual({
      description: 'The crate, if any',
      oneOf: [A, { type: 'null' }],
    });
  });

  it('is that of the media type that is JSON: sequences of JSON are none', async () => {
    const { endpoints } = await read({
      paths: {
        '/crates': {
          post: {
            requestBody: {
              content: {
                'application/json-seq': { schema: { title: 'sequence' } },
                'application/x-ndjson': { schema: { title: 'lines' } },
                'model/gltf+json; charset=utf-8': { schema: { title: 'model' } },
              },
            },
          },
        },
      },
    });
    expect(endpoints).toMatchObject([
      { contentType: 'model/gltf+json; charset=utf-8', requestBody: { title: 'model' } },
    ]);
  });
});
