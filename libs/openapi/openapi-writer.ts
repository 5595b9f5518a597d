import { isDeepStrictEqual } from 'node:util';
import type { Definitions } from '../domain/definition.js';
import type { Endpoint } from '../domain/endpoint.js';
import { jsonTextOf } from '../json/exact-json.js';
import { embeddedSchema } from './embedded-schema.js';
import { type JsonObject, mapValues } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import { OpenApiDocument } from './openapi-document.js';
import { EXTENSION } from './operation-members.js';
import { type Components, operationOf } from './operation-of.js';
import { readDefinitions } from './read-definitions.js';
import { SecuritySchemes } from './security.js';
import { serverOf } from './server-url.js';

/** What a document says besides its operations. */
export interface DocumentSubject {
  readonly title: string;
  readonly description: string | null;
  /** OpenAPI asks for one; an environment is the nearest thing to it that is registered. */
  readonly version: string;
  readonly baseDomain: string | null;
}

/** The document's place for shared definitions that OpenAPI cannot tell, as JSON text. */
const DEFINITIONS = 'definitions';

/**
 * Writes the OpenAPI 3.1 document of an environment endpoint by endpoint. Reading it again gives the same
 * endpoints.
 */
export class OpenApiWriter {
  private readonly parts: string[];
  private readonly components: Components;
  /** Definitions that reading the document would not give as they are. */
  private readonly others: Readonly<Record<string, string>>;
  private lastPath: string | undefined;
  private written = 0;

  /** @param definitions that the endpoints share */
  constructor({ title, description, version, baseDomain }: DocumentSubject, definitions: Definitions = {}) {
    const shared = new Set(Object.keys(definitions));
    const schemas = mapValues(definitions, (name, schema) => writtenDefinition(name, schema, shared));
    this.components = { securitySchemes: new SecuritySchemes(), schemas, shared };
    this.others = lostDefinitions(definitions, schemas);
    const head = {
      openapi: '3.1.0',
      info: { title, ...(description !== null && { description }), version },
      ...(baseDomain !== null && { servers: [serverOf(baseDomain)] }),
    };
    this.parts = [JSON.stringify(head).slice(0, -1), ',"paths":{'];
  }

  /** Characters of the operations so far. */
  get length(): number {
    return this.written;
  }

  /** Takes the next endpoint: those of one path must come one after the other. */
  add(endpoint: Endpoint): void {
    const { path, method } = endpoint;
    if (path === this.lastPath) this.parts.push(',');
    else this.parts.push(this.lastPath === undefined ? '' : '},', `${JSON.stringify(path)}:{`);
    this.lastPath = path;
    const operation = jsonTextOf(operationOf(endpoint, this.components));
    this.parts.push(`"${method.toLowerCase()}":${operation}`);
    this.written += operation.length;
  }

  /** The document's text, in parts, when all endpoints have been added. */
  finished(): readonly string[] {
    const { securitySchemes, schemas, shared } = this.components;
    const components = jsonTextOf({
      securitySchemes: securitySchemes.all,
      ...(shared.size > 0 && { schemas }),
    });
    const extension =
      Object.keys(this.others).length === 0
        ? ''
        : `,"${EXTENSION}":${jsonTextOf({ [DEFINITIONS]: this.others })}`;
    return [
      ...this.parts,
      this.lastPath === undefined ? '' : '}',
      `},"components":${components}${extension}}`,
    ];
  }
}

function writtenDefinition(name: string, schema: unknown, shared: ReadonlySet<string>): unknown {
  if (typeof schema === 'boolean') return schema;
  return embeddedSchema(schema, pointerBelow('#', 'components', 'schemas', name), shared) ?? {};
}

function lostDefinitions(definitions: Definitions, schemas: JsonObject): Readonly<Record<string, string>> {
  if (Object.keys(definitions).length === 0) return {};
  const again = readDefinitions(OpenApiDocument.of({ openapi: '3.1.0', components: { schemas } }));
  return Object.fromEntries(
    Object.entries(definitions).flatMap(([name, schema]) =>
      isDeepStrictEqual(again[name], schema) ? [] : [[name, jsonTextOf(schema)]],
    ),
  );
}
