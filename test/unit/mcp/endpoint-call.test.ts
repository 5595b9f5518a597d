import { readDocument } from '#cli/openapi/read-document.js';
import type { Endpoint } from '#libs/domain/endpoint.js';
import { readOperations } from '#libs/openapi/read-operations.js';
import { estimateTokens } from '#libs/tokens/token-estimate.js';
import type { EndpointDetails } from '#registry/discovery/endpoint-details.service.js';
import { callOf, type Detail, type EndpointCall } from '#registry/mcp/call/endpoint-call.js';
import { API_DOCUMENTS } from '../../support/api-documents.js';
import { LEFT_OUT } from '../../support/builders.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import { medianOf, tokensOf } from '../../support/tokens.js';

const PLAIN: Endpoint = { ...LEFT_OUT, name: 'Get an order', path: '/orders/{orderId}', method: 'GET' };

function details(endpoint: Partial<Endpoint>, definitions: Record<string, unknown> = {}): EndpointDetails {
  return {
    id: 'e1',
    application: 'orders',
    authenticationMethod: 'API_KEY',
    environment: 'production',
    environmentId: 'p1',
    baseDomain: 'orders.example.com',
    healthStatus: 'ACTIVE',
    healthStatusChangedAt: null,
    endpoint: { ...PLAIN, ...endpoint },
    definitions,
  };
}

function call(
  endpoint: Partial<Endpoint>,
  {
    detail = 'call',
    maxTokens = 1200,
    definitions = {},
  }: { detail?: Detail; maxTokens?: number; definitions?: Record<string, unknown> } = {},
): EndpointCall {
  const made = callOf(details(endpoint, definitions), detail, maxTokens);
  if (made === undefined) throw new Error('It does not fit');
  return made;
}

describe('what is needed for a call', () => {
  it('is told whole when it fits', () => {
    expect(
      call(
        {
          method: 'POST',
          description: 'Takes\n  back   what was bought',
          authType: 'BEARER',
          queryParams: {
            type: 'object',
            properties: { notify: { type: 'boolean' }, reason: { type: 'string', description: 'Why' } },
            required: ['reason'],
          },
          headerParams: {
            type: 'object',
            properties: { 'Idempotency-Key': { type: 'string', format: 'uuid' } },
          },
          requestBodyRequired: true,
          requestBody: {
            type: 'object',
            properties: {
              note: { type: 'string' },
              amount: { type: 'integer', minimum: 1, example: 250 },
              lines: { type: 'array', items: { $ref: '#/$defs/Line' } },
            },
            required: ['amount', 'lines'],
            additionalProperties: false,
          },
          responseBody: { type: 'object', properties: { id: { type: 'string', title: 'Id' } } },
        },
        {
          definitions: {
            Line: {
              type: 'object',
              properties: { sku: { type: 'string', enum: ['a', 'b'] } },
              required: ['sku'],
            },
          },
        },
      ),
    ).toEqual({
      method: 'POST',
      url: 'https://orders.example.com/orders/{orderId}',
      name: 'Get an order',
      description: 'Takes back what was bought',
      parameters: {
        path: [{ name: 'orderId', required: true, schema: { type: 'string' } }],
        query: [
          { name: 'reason', required: true, schema: { type: 'string', description: 'Why' } },
          { name: 'notify', schema: { type: 'boolean' } },
        ],
        header: [{ name: 'Idempotency-Key', schema: { type: 'string', format: 'uuid' } }],
      },
      body: {
        required: true,
        mediaType: 'application/json',
        schema: {
          type: 'object',
          properties: {
            amount: { type: 'integer', minimum: 1 },
            lines: { type: 'array', items: { $ref: '#/$defs/Line' } },
            note: { type: 'string' },
          },
          required: ['amount', 'lines'],
          additionalProperties: false,
          $defs: {
            Line: {
              type: 'object',
              properties: { sku: { type: 'string', enum: ['a', 'b'] } },
              required: ['sku'],
            },
          },
        },
      },
      response: {
        mediaType: 'application/json',
        schema: { type: 'object', properties: { id: { type: 'string' } } },
      },
      auth: [{ type: 'http', scheme: 'bearer' }],
      example: {
        method: 'POST',
        url: 'https://orders.example.com/orders/string?reason=string',
        headers: { Authorization: 'Bearer <token>', 'Content-Type': 'application/json' },
        body: { amount: 250, lines: [{ sku: 'a' }] },
      },
      cut: [],
    });
  });

  it('shows a path where no base domain is known, and the own server of an operation', () => {
    const made = callOf({ ...details({}), baseDomain: null }, 'call', 1200);
    expect(made?.url).toBe('/orders/{orderId}');
    expect(call({ baseUrl: 'https://files.example.com' }).url).toBe(
      'https://files.example.com/orders/{orderId}',
    );
    const below = callOf({ ...details({}), baseDomain: 'http://localhost:8080/api/' }, 'call', 1200);
    expect(below?.url).toBe('http://localhost:8080/api/orders/{orderId}');
  });

  it('names all ways to authenticate, and never a secret', () => {
    const alternatives = [
      [{ scheme: 'key', type: 'apiKey', in: 'query', name: 'api_key' }],
      [
        {
          scheme: 'oauth',
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: 'https://a.example.com' } },
          scopes: ['read'],
        },
        { scheme: 'basic', type: 'http', httpScheme: 'basic' },
      ],
    ];
    const made = call({ authType: 'API_KEY', authConfig: { alternatives } });
    expect(made.auth).toEqual([
      { type: 'apiKey', in: 'query', name: 'api_key' },
      {
        allOf: [
          { type: 'oauth2', scopes: ['read'] },
          { type: 'http', scheme: 'basic' },
        ],
      },
    ]);
    expect(made.example?.url).toBe('https://orders.example.com/orders/string?api_key=<API key>');
    const secret = { token: 'sk_live_123', header: 'X-Token' };
    expect(JSON.stringify(call({ authType: 'CUSTOM', authConfig: secret }))).not.toContain('sk_live');
    expect(call({ isPublic: true }).auth).toEqual([{ type: 'none' }]);
  });

  it('reads parameters as clients of the reference registry send them', () => {
    const made = call({
      pathParams: { orderId: 'Long' },
      queryParams: { page: { type: 'int', required: true } },
    });
    expect(made.parameters).toEqual({
      path: [{ name: 'orderId', required: true, schema: { type: 'integer', format: 'int64' } }],
      query: [{ name: 'page', required: true, schema: { type: 'integer' } }],
    });
    expect(made.example?.url).toBe('https://orders.example.com/orders/1?page=1');
  });

  it('ends at schemas that refer to themselves, and at references that lead nowhere', () => {
    const Tree = { type: 'object', properties: { child: { $ref: '#/$defs/Tree' } }, required: ['child'] };
    const made = call({ requestBody: { $ref: '#/$defs/Tree' } }, { definitions: { Tree } });
    expect(made.body?.schema).toEqual({ $ref: '#/$defs/Tree', $defs: { Tree } });
    expect(call({ requestBody: { $ref: '#/$defs/Gone' } }).cut).toEqual(['body: schemas behind references']);
  });

  it('gives up what is needed least first, and says so', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `property${index}`,
        { type: 'string', description: 'x'.repeat(200) },
      ]),
    );
    const endpoint = {
      method: 'POST',
      requestBody: { type: 'object', properties, required: ['property3'] },
      responseBody: { type: 'object', properties },
    };
    const told = [4000, 2500, 700, 350, 110].map((maxTokens) =>
      call(endpoint, { maxTokens, detail: 'full' }),
    );
    expect(told.map(({ response, example }) => [response !== undefined, example !== undefined])).toEqual([
      [true, true],
      [true, true],
      [false, true],
      [false, true],
      [false, false],
    ]);
    expect(told[3]?.body?.schema).toEqual({
      type: 'object',
      properties: { property3: { type: 'string' } },
      required: ['property3'],
    });
    expect(told[3]?.cut).toEqual([
      'body: optional properties property0, property1, property2, property4, property5, property6 and 33 more',
      'response',
    ]);
    expect(callOf(details(endpoint), 'call', 10)).toBeUndefined();
  });

  it('accepts all that the whole schema accepts when it is cut', () => {
    const choices = Array.from({ length: 100 }, (_, index) => `choice-${index}`);
    const made = call({
      method: 'POST',
      requestBody: { type: 'object', properties: { one: { type: 'string', enum: choices } } },
    });
    expect(made.body?.schema).toEqual({
      type: 'object',
      properties: { one: { type: 'string', examples: choices.slice(0, 30) } },
    });
  });

  describe('of real APIs', () => {
    const all: EndpointDetails[] = [];

    beforeAll(async () => {
      for (const file of Object.values(API_DOCUMENTS)) {
        const { document } = await readDocument(file, { allowed: [], headers: {} });
        const { endpoints, definitions } = readOperations(document, {
          baseDomain: null,
          sharesDefinitions: true,
        });
        // Tokenizers take their time: every eighth shows it.
        for (const endpoint of endpoints.filter((_, index) => index % 8 === 0))
          all.push(details(JSON.parse(JSON.stringify(endpoint)) as Endpoint, definitions));
      }
    });

    it.each([
      ['call', 1200],
      ['call', 500],
      ['full', 4000],
      ['full', 300],
    ] as const)('takes less than is allowed of %s with %i tokens', (detail, maxTokens) => {
      const tokens = all.map((each) => {
        const made = callOf(each, detail, maxTokens);
        return made === undefined ? 0 : tokensOf(JSON.stringify(made));
      });
      expect(all.length).toBeGreaterThan(90);
      expect(Math.max(...tokens)).toBeLessThanOrEqual(maxTokens);
      // Nothing that has to be left out.
      expect(tokens.filter((count) => count === 0)).toEqual([]);
    });

    it('takes at most 800 tokens on the median', () => {
      const tokens = all.map((each) => tokensOf(JSON.stringify(callOf(each, 'call', 1200))));
      expect(medianOf(tokens)).toBeLessThanOrEqual(800);
    });

    it('is estimated above what tokenizers count, and not far above', () => {
      const ratios = all.map((each) => {
        const text = JSON.stringify(callOf(each, 'full', 20_000));
        return estimateTokens(text) / tokensOf(text);
      });
      expect(Math.min(...ratios)).toBeGreaterThanOrEqual(1);
      expect(medianOf(ratios)).toBeLessThan(1.3);
    });
  });
});
