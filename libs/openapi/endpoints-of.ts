import { parseExactJson } from '../json/exact-json.js';
import { type Endpoint, ENDPOINT_FIELDS, EXTENSION, isJsonField, METHODS } from './endpoint.js';
import { isObject, type JsonObject, objectOrEmpty } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';
import { effectiveParameters, parametersSchema } from './parameters.js';
import { securityOf } from './security.js';
import { SchemaInliner } from './self-contained-schema.js';
import { UnusableDocument } from './unusable-document.js';
import { firstServer, pathBelow, pathOfBaseDomain } from './server-url.js';

const JSON_MEDIA_TYPE = /^application\/([a-z0-9.-]+\+)?json\b/i;

/** What the registry has room for, in UTF-16 code units. */
const MAX_NAME_LENGTH = 255;
const MAX_DESCRIPTION_LENGTH = 20_000;

export interface ReadingOptions {
  /** That of the environment the endpoints are for: its path is not repeated in theirs. */
  readonly baseDomain: string | null;
}

/**
 * Every operation of the description, in its order. What the servers' URLs have of a path beyond that of the base
 * domain comes before each path.
 */
export function endpointsOf(document: OpenApiDocument, { baseDomain }: ReadingOptions): Endpoint[] {
  const reader = new OperationReader(document, pathOfBaseDomain(baseDomain));
  return Object.entries(objectOrEmpty(document.root.paths)).flatMap(([path, item]) => {
    if (!path.startsWith('/')) return [];
    const pathItem = document.located(item, pointerBelow('#', 'paths', path));
    return METHODS.flatMap((method) =>
      isObject(pathItem.object[method]) ? [reader.endpoint(path, method, pathItem)] : [],
    );
  });
}

interface Located {
  readonly object: JsonObject;
  readonly pointer: string;
}

class OperationReader {
  private readonly inliner: SchemaInliner;

  constructor(
    private readonly document: OpenApiDocument,
    private readonly basePath: string,
  ) {
    this.inliner = new SchemaInliner(document);
  }

  endpoint(path: string, method: string, pathItem: Located): Endpoint {
    const { root } = this.document;
    const operation = objectOrEmpty(pathItem.object[method]);
    const pointer = pointerBelow(pathItem.pointer, method);
    const parameters = effectiveParameters(this.document, pathItem, method);
    const request = this.content({ object: operation, pointer }, 'requestBody');
    const response = this.successContent({ object: operation, pointer });
    const fullPath = `${this.prefix(operation.servers ?? pathItem.object.servers ?? root.servers)}${path}`;
    const endpoint: Endpoint = {
      name: shortened(
        text(operation.summary) ?? text(operation.operationId) ?? `${method.toUpperCase()} ${fullPath}`,
        MAX_NAME_LENGTH,
      ),
      path: fullPath,
      method: method.toUpperCase(),
      description:
        typeof operation.description === 'string'
          ? shortened(operation.description, MAX_DESCRIPTION_LENGTH)
          : null,
      ...securityOf(this.document, operation.security ?? root.security),
      contentType: request?.mediaType ?? null,
      pathParams: parametersSchema(this.inliner, parameters, 'path'),
      queryParams: parametersSchema(this.inliner, parameters, 'query'),
      requestBody: this.schema(request),
      responseBody: this.schema(response),
    };
    return { ...endpoint, ...toldByExtension(operation[EXTENSION]) };
  }

  /** The path of the server, as far as it is not that of the base domain. */
  private prefix(servers: unknown): string {
    const { path } = firstServer(servers);
    return pathBelow(path, this.basePath) ?? path;
  }

  /** The content of the response of the lowest 2xx status, otherwise of the one for every other status. */
  private successContent({ object, pointer }: Located): Content | undefined {
    const responses = objectOrEmpty(object.responses);
    const [success = 'default'] = Object.keys(responses)
      .filter((status) => /^2(\d\d|XX)$/i.test(status))
      .sort();
    return this.content({ object: responses, pointer: pointerBelow(pointer, 'responses') }, success);
  }

  /** The content of a body: as JSON if it can be, otherwise as the first media type named. */
  private content(parent: Located, key: string): Content | undefined {
    const body = this.document.located(parent.object[key], pointerBelow(parent.pointer, key));
    const media = Object.entries(objectOrEmpty(body.object.content));
    const [mediaType, chosen] = media.find(([type]) => JSON_MEDIA_TYPE.test(type)) ?? media[0] ?? [];
    if (mediaType === undefined) return undefined;
    const { object, pointer } = this.document.located(
      chosen,
      pointerBelow(body.pointer, 'content', mediaType),
    );
    return { mediaType, schema: object.schema, pointer: pointerBelow(pointer, 'schema') };
  }

  private schema(content: Content | undefined): JsonObject | null {
    return content?.schema === undefined ? null : this.inliner.selfContained(content.schema, content.pointer);
  }
}

interface Content {
  readonly mediaType: string;
  readonly schema: unknown;
  readonly pointer: string;
}

/** The fields of an endpoint that a document of the registry gives as they are. */
function toldByExtension(extension: unknown): Partial<Endpoint> {
  const told = objectOrEmpty(extension);
  return Object.fromEntries(
    ENDPOINT_FIELDS.filter((field) => Object.hasOwn(told, field)).map((field) => [
      field,
      isJsonField(field) ? readJson(told[field]) : told[field],
    ]),
  );
}

function readJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? parseExactJson(text) : text;
  } catch {
    throw new UnusableDocument(`has an ${EXTENSION} that is not JSON: ${String(text).slice(0, 60)}`);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Cut where it is too long, never within a character. */
function shortened(whole: string, maxLength: number): string {
  if (whole.length <= maxLength) return whole;
  const cut = whole.slice(0, maxLength - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
