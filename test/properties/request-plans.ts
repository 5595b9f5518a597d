import fc from 'fast-check';
import type { WireRequest } from '../support/http-exchange.js';
import {
  type OpenApiDocument,
  type Operation,
  type ParameterObject,
  resolved,
} from '../support/openapi-operations.js';
import { exampleBody, exampleParameters } from '../support/swagger-ui-example.js';
import { hostileText, hostileValue, rawJson, validObject, validValue } from './hostile-values.js';
import { KNOWN, type KnownName } from './known-names.js';

/** Who the request says it comes from. */
export type Credentials = 'admin' | 'application' | 'qa' | 'none' | 'wrong' | 'everything';

/** A request whose {@link KNOWN} names are still to be replaced by what they stand for. */
export interface RequestPlan extends WireRequest {
  readonly credentials: Credentials;
}

/** Requests to an operation, from valid to hostile. */
export function requestPlans(document: OpenApiDocument, operation: Operation): fc.Arbitrary<RequestPlan> {
  return fc
    .record({
      target: targets(document, operation),
      credentials: credentials(operation),
      headers: headers(),
      payload:
        operation.method === 'GET'
          ? sometimes(9, fc.constant<Payload>({}), strayPayloads())
          : payloads(document, operation),
    })
    .map(({ target, credentials, headers, payload: { body, contentType } }) => ({
      method: operation.method,
      target,
      credentials,
      headers: { ...headers, ...(contentType !== undefined && { 'Content-Type': contentType }) },
      body,
    }));
}

/** The plain request the document's examples describe. */
export function examplePlan(document: OpenApiDocument, operation: Operation): RequestPlan {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => knownOr(name, ''));
  const query = new URLSearchParams(withKnown(exampleParameters(operation, 'query'))).toString();
  const body = exampleBody(document, operation) as Record<string, unknown> | undefined;
  return {
    method: operation.method,
    target: query === '' ? path : `${path}?${query}`,
    credentials: credentialsFor(operation),
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(withKnown(body)),
  };
}

function withKnown<T>(values: Readonly<Record<string, T>>): Record<string, T | string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? knownOr(name, value) : value,
    ]),
  );
}

function knownOr(name: string, fallback: string): string {
  return name in KNOWN ? KNOWN[name as KnownName] : fallback;
}

function credentialsFor({ security = [] }: Operation): Credentials {
  if (security.some((requirement) => 'AdminKey' in requirement)) return 'admin';
  return security.length === 0 ? 'none' : 'application';
}

function credentials(operation: Operation): fc.Arbitrary<Credentials> {
  const others: Credentials[] = ['admin', 'application', 'qa', 'none', 'wrong', 'everything'];
  return sometimes(7, fc.constant(credentialsFor(operation)), fc.constantFrom(...others));
}

function targets(document: OpenApiDocument, operation: Operation): fc.Arbitrary<string> {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  return fc
    .tuple(
      fc.record(Object.fromEntries(inPath.map(({ name }) => [name, pathSegment(name)]))),
      queries(document, inQuery),
      sometimes(19, fc.constant(''), fc.constant('/')),
    )
    .map(([values, query, slash]) => {
      const path = Object.entries(values).reduce(
        (filled, [name, value]) => filled.replace(`{${name}}`, () => value),
        operation.path,
      );
      return `${path}${slash}${query === '' ? '' : `?${query}`}`;
    });
}

/** Longer ones make the URL one Node gives up on before any route is known. */
const MAX_ENCODED = 6000;

const RAW_SEGMENTS = [
  ...[
    '%00',
    '%ff',
    '%C0%80',
    '%ED%A0%80',
    '%E0%A4%A',
    '%',
    '%2',
    '%zz',
    '%2F',
    '%2f..%2f',
    '%5C',
    '%25',
    '%0d%0aX-A:b',
  ],
  ...[
    '.',
    '..',
    '%2e%2e',
    '*',
    ':app_key',
    '{app_key}',
    '__proto__',
    'constructor',
    'a;b=c',
    'a=b&c',
    '~',
    '@',
  ],
  ...[
    'a'.repeat(129),
    'a'.repeat(512),
    'a'.repeat(513),
    'a'.repeat(5000),
    '%F0%9F%98%80'.repeat(100),
    'with-endpoints',
  ],
];

function pathSegment(name: string): fc.Arbitrary<string> {
  return sometimes(
    5,
    fc.constant(knownOr(name, 'production')),
    fc.oneof(
      fc.constantFrom(...RAW_SEGMENTS),
      hostileText.map(percentEncoded).filter((text) => text !== '' && text.length < MAX_ENCODED),
    ),
  );
}

function queries(document: OpenApiDocument, parameters: readonly ParameterObject[]): fc.Arbitrary<string> {
  const one = parameters.map((parameter) =>
    sometimes(parameter.required === true ? 9 : 3, fc.boolean(), fc.constant(false)).chain((given) =>
      given || parameter.required === true ? assignments(document, parameter) : fc.constant<string[]>([]),
    ),
  );
  const stray = fc.constantFrom(
    ...[
      '',
      '',
      '',
      '&&',
      '=',
      '?',
      '%',
      '%00=%00',
      '__proto__=1',
      'constructor[prototype]=1',
      '__proto__[limit]=1',
      '%ff=%ff',
      '#',
    ],
    `x=${'a'.repeat(4000)}`,
    Array.from({ length: 1100 }, (_, index) => `p${index}=1`).join('&'),
  );
  return fc
    .tuple(stray, ...one)
    .map(([extra, ...given]) => [...given.flat(), extra].filter((part) => part !== '').join('&'));
}

function assignments(document: OpenApiDocument, { name, schema }: ParameterObject): fc.Arbitrary<string[]> {
  const known = knownOr(name, '');
  const valid =
    known === ''
      ? validValue(document, schema, KNOWN).map((value) => percentEncoded(String(value)))
      : fc.constant(known);
  const hostile = fc.oneof(
    hostileText.map(percentEncoded).filter((text) => text.length < MAX_ENCODED),
    fc.constantFrom(...RAW_SEGMENTS, ''),
  );
  return fc.oneof(
    { weight: 5, arbitrary: valid.map((value) => [`${name}=${value}`]) },
    { weight: 3, arbitrary: hostile.map((value) => [`${name}=${value}`]) },
    { weight: 1, arbitrary: fc.tuple(valid, hostile).map(([a, b]) => [`${name}=${a}`, `${name}=${b}`]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(valid, fc.constantFrom('[]', '[a]', '[0]', '.a', '%00'))
        .map(([a, suffix]) => [`${name}${suffix}=${a}`]),
    },
    { weight: 1, arbitrary: fc.constant<string[]>([name]) },
  );
}

/** As `encodeURIComponent`, which refuses lone surrogates, and no `#`. */
function percentEncoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

/** What a header field may hold on the wire, as Node lets it through: Latin-1 without control characters. */
const headerText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\t',
    'ÿþ',
    'null',
    '__proto__',
    'a, b',
    '%00',
    "';--",
    '"',
    'a'.repeat(300),
    'é'.repeat(1500),
  ),
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 30,
  }),
);

function headers(): fc.Arbitrary<Record<string, string | string[]>> {
  const value = fc.oneof(headerText, fc.tuple(headerText, headerText));
  const rarely = (...usual: string[]): fc.Arbitrary<string | string[] | undefined> =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: usual.length === 0 ? 0 : 2, arbitrary: fc.constantFrom(...usual, '') },
      { weight: 1, arbitrary: value },
    );
  return fc
    .record({
      'X-Environment': rarely('production', 'qa'),
      'X-Request-Id': rarely('trace-1234', 'a'.repeat(128), 'a'.repeat(129)),
      'X-Admin-Key': rarely(),
      'X-App-Key': rarely(),
      'X-API-Key': rarely(`mcp_${'0'.repeat(16)}_${'A'.repeat(43)}`),
      Accept: rarely('text/html', 'application/xml', '*/*;q=0', 'application/json;version=2'),
      'Accept-Encoding': rarely('gzip', 'identity;q=0'),
      'Content-Encoding': rarely('gzip', 'identity'),
      'If-None-Match': rarely('*', '"x"'),
      'If-Match': rarely('*', '"x"', 'W/"x"', 'x'),
      'If-Modified-Since': rarely('Sun, 22 Nov 2026 08:00:00 GMT'),
      Range: rarely('bytes=0-1', 'bytes=-'),
      Origin: rarely('null', 'https://evil.example'),
      'X-Forwarded-For': rarely('203.0.113.7'),
      'X-HTTP-Method-Override': rarely('DELETE'),
      'User-Agent': rarely(),
    })
    .map(
      (all) =>
        Object.fromEntries(Object.entries(all).filter(([, given]) => given !== undefined)) as Record<
          string,
          string | string[]
        >,
    );
}

interface Payload {
  readonly body?: string | Buffer;
  readonly contentType?: string;
}

const CONTENT_TYPES = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ],
  ...[
    'application/json; charset=utf-8',
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'application/json;',
    'application/jsonp',
  ],
  ...['application/problem+json', 'application/json, text/plain', '', ';', '/', 'a', '*/*', 'é/ü'],
];

const NOT_JSON: readonly (string | Buffer)[] = [
  ...[
    '',
    ' ',
    '\n',
    '{',
    '}',
    '{"name":',
    '{"name":"x"',
    '{"a":1}{"b":2}',
    "{'name':'x'}",
    '{"name":"x",}',
    'name=x',
    'NaN',
  ],
  ...[
    'null',
    'true',
    '7',
    '"text"',
    '[]',
    '[{}]',
    '\ufeff{}',
    '\ufeff{"name":"x"}',
    '\u0000',
    '{"name":"\u0000"}',
    '{"name":"\n"}',
  ],
  ...[
    '{"__proto__":{}}',
    '{"constructor":{"prototype":{}}}',
    '[[[[',
    '['.repeat(20_000),
    '{"a":'.repeat(20_000),
  ],
  ...[
    Buffer.from([0x7b, 0xff, 0x7d]),
    Buffer.from('{"name":"\xff"}', 'latin1'),
    Buffer.from('{"name":"x"}', 'utf16le'),
  ],
  ...[
    Buffer.from([0x1f, 0x8b, 8, 0]),
    `"${'a'.repeat(70_000)}"`,
    JSON.stringify({ name: 'a'.repeat(70_000) }),
  ],
];

function payloads(document: OpenApiDocument, { bodySchema, method }: Operation): fc.Arbitrary<Payload> {
  if (bodySchema === undefined)
    return sometimes(method === 'DELETE' ? 5 : 9, fc.constant<Payload>({}), strayPayloads());
  const schema = resolved(document, bodySchema);
  const valid = validObject(document, schema, KNOWN);
  const json = fc.oneof(
    { weight: 4, arbitrary: valid },
    { weight: 6, arbitrary: valid.chain((object) => mutated(object, Object.keys(schema.properties ?? {}))) },
    { weight: 1, arbitrary: hostileValue },
  );
  return fc.oneof(
    {
      weight: 9,
      arbitrary: json.map((value) => ({ body: rawJson(value), contentType: 'application/json' })),
    },
    {
      weight: 1,
      arbitrary: valid.chain((value) =>
        fc.constantFrom(...CONTENT_TYPES).map((contentType) => ({ body: rawJson(value), contentType })),
      ),
    },
    { weight: 2, arbitrary: strayPayloads() },
  );
}

/** Whatever may lie in a body, needed or not. */
function strayPayloads(): fc.Arbitrary<Payload> {
  return fc.record({
    body: fc.constantFrom(...NOT_JSON),
    contentType: fc.oneof(fc.constant('application/json'), fc.constantFrom(...CONTENT_TYPES)),
  });
}

/** The object with some values, wherever they lie, replaced, left out or added. */
function mutated(
  object: Record<string, unknown>,
  names: readonly string[],
): fc.Arbitrary<Record<string, unknown>> {
  const places = [...names, ...names, 'unknown', '@proto', 'constructor', 'toString', ''];
  const change = fc.tuple(
    fc.constantFrom(...places),
    fc.oneof({ weight: 5, arbitrary: hostileValue }, { weight: 1, arbitrary: fc.constant(undefined) }),
    fc.nat(),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce<Record<string, unknown>>((changed, [name, value, choice]) => {
      const inner: unknown = changed[name];
      // Half of the changes of a list of objects happen within one of them.
      const [first, ...others] = Array.isArray(inner) ? (inner as unknown[]) : [];
      if (isObject(first) && choice % 2 === 0) {
        const fields = Object.keys(first);
        const field = fields[choice % fields.length] ?? 'name';
        return { ...changed, [name]: [{ ...first, [field]: value }, ...others] };
      }
      return { ...changed, [name]: value };
    }, object),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The usual one, `times` times as often as the other. */
function sometimes<A, B>(times: number, usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: other });
}
