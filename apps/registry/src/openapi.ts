import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { SECURITY_SCHEMES } from '#libs/access/security-schemes.js';
import { problemResponse } from '#libs/problem-details/api-problems.decorator.js';
import { Problem } from '#libs/problem-details/problem.js';
import { version } from './version.js';

const DESCRIPTION = `
Where an organisation registers its applications, their environments and their REST endpoints with JSON
schemas, so that AI agents and Model Context Protocol servers find out which tools exist, where, and how to
call them.

Errors are problem documents (RFC 9457). Every answer carries \`X-Request-Id\`.
`.trim();

/** In the order a newcomer needs them. */
const TAGS = ['Applications', 'Environments', 'API keys', 'Endpoints', 'Discovery', 'Audit', 'Health'];

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
  for (const { id, header, description } of Object.values(SECURITY_SCHEMES)) {
    builder.addApiKey({ type: 'apiKey', in: 'header', name: header, description }, id);
  }
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [Problem],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  addCommonErrors(document);
  return inOpenApi31(document);
}

/** What can happen to any request with input: bad input, a body too large or of the wrong type, no database. */
function addCommonErrors(document: OpenAPIObject): void {
  for (const item of Object.values(document.paths)) {
    for (const operation of [item.get, item.put, item.post, item.delete]) {
      if (operation === undefined) continue;
      const statuses = [400, ...(operation.requestBody === undefined ? [] : [413, 415]), 503];
      for (const status of statuses) operation.responses[String(status)] ??= problemResponse(status);
    }
  }
}

/** Writes `nullable`, which OpenAPI 3.1 no longer has, the way of JSON Schema 2020-12. */
function inOpenApi31<T>(node: T): T {
  if (Array.isArray(node)) return node.map(inOpenApi31) as T;
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'example' ? (value as unknown) : inOpenApi31<unknown>(value),
    ]),
  );
  if (nullable !== true) return rest as T;
  const { type, enum: values, oneOf } = rest as { type?: string; enum?: unknown[]; oneOf?: unknown[] };
  return {
    ...rest,
    ...(type !== undefined && { type: [type, 'null'] }),
    ...(values !== undefined && { enum: [...values, null] }),
    ...(oneOf !== undefined && { oneOf: [...oneOf, { type: 'null' }] }),
  } as T;
}
