import { STATUS_CODES } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { SECURITY_SCHEMES } from '#libs/access/security-schemes.js';
import { AppConfig } from '#libs/config/app-config.js';
import { problemResponse } from '#libs/problem-details/api-problems.decorator.js';
import { Problem } from '#libs/problem-details/problem.js';
import { version } from '../version.js';
import { isRateLimited } from './rate-limiter.js';

const DESCRIPTION = `
Where an organisation registers its applications, their environments and their REST endpoints with JSON
schemas, so that AI agents and Model Context Protocol servers find out which tools exist, where, and how to
call them.

Errors are problem documents (RFC 9457). Every answer carries \`X-Request-Id\`, and where requests are limited
\`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\`.
`.trim();

/** In the order a newcomer needs them. */
const TAGS = [
  'Applications',
  'Environments',
  'API keys',
  'Operators',
  'Sessions',
  'Endpoints',
  'Discovery',
  'Health checks',
  'Audit',
  'Health',
];

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The OpenAPI 3.1 document of all routes, errors included. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('MCP Registry Server')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/');
  for (const tag of TAGS) builder.addTag(tag);
  for (const { id, header, description, ...rest } of Object.values(SECURITY_SCHEMES)) {
    if ('http' in rest) builder.addSecurity(id, { type: 'http', scheme: rest.http, description });
    else if ('cookie' in rest) builder.addCookieAuth(rest.cookie, { type: 'apiKey', description }, id);
    else builder.addApiKey({ type: 'apiKey', in: 'header', name: header, description }, id);
  }
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [Problem],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  completeResponses(document, app.get(AppConfig).http.basePath);
  return withShortUnions(document);
}

/** Names every response, and adds what can happen to any request with input. */
function completeResponses(document: OpenAPIObject, basePath: string): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries({
      get: item.get,
      put: item.put,
      post: item.post,
      delete: item.delete,
    })) {
      if (operation === undefined) continue;
      const limited = isRateLimited(path, basePath) ? [429] : [];
      for (const status of [...commonErrors(method, operation), ...limited]) {
        operation.responses[String(status)] ??= problemResponse(status);
      }
      for (const [status, response] of Object.entries(operation.responses)) {
        if (response !== undefined && 'description' in response && response.description === '') {
          response.description = STATUS_CODES[status] ?? status;
        }
      }
    }
  }
}

/** What no route is asked for: a wrong host, a request that comes too slowly, a URL or headers that are too long. */
const HEAD_ERRORS = [400, 408, 414, 431];

/** Bad input, a body too large or of the wrong type, no database. */
function commonErrors(method: string, { parameters = [], requestBody }: Operation): number[] {
  if (method === 'get' && parameters.length === 0 && requestBody === undefined) return HEAD_ERRORS;
  // A body is read with every method but GET, whether the route wants one or not.
  return [...HEAD_ERRORS, ...(method === 'get' ? [] : [413, 415]), 503];
}

/** Writes unions of bare types the short way of JSON Schema 2020-12: `"type": ["string", "null"]`. */
function withShortUnions<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withShortUnions) as T;
  if (typeof node !== 'object' || node === null) return node;
  const { anyOf, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'example' ? (value as unknown) : withShortUnions<unknown>(value),
    ]),
  );
  if (!Array.isArray(anyOf)) return rest as T;
  if (!anyOf.every(isBareType)) return { ...rest, anyOf } as T;
  return { ...rest, type: [...new Set(anyOf.flatMap(({ type }) => type))] } as T;
}

function isBareType(schema: unknown): schema is { type: string | string[] } {
  return (
    typeof schema === 'object' && schema !== null && 'type' in schema && Object.keys(schema).length === 1
  );
}
