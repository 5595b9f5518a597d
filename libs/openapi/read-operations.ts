import type { Definitions } from '../domain/definition.js';
import { type Endpoint, ENDPOINT_FIELDS, isJsonField } from '../domain/endpoint.js';
import { NestedTooDeep, parseBoundedJson } from '../json/bounded-json.js';
import { type JsonObject, listOrEmpty, objectOrEmpty } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import type { Located, OpenApiDocument } from './openapi-document.js';
import { EXTENSION, METHODS } from './operation-members.js';
import type { Direction } from './optional-properties.js';
import { effectiveParameters, parametersSchema, parameterStyles } from './parameters.js';
import { PathItem } from './path-item.js';
import { definitionsInExtension } from './read-definitions.js';
import { SchemaSharer } from './schema-sharer.js';
import { securityOf } from './security.js';
import { SchemaInliner, type ToSchema } from './self-contained-schema.js';
import {
  pathBelow,
  pathOfBaseDomain,
  type Server,
  type ServerChoice,
  serverOfDocument,
  serverOfOperation,
} from './server-url.js';

/** JSON by its own name or by the suffix of RFC 6839; a sequence of JSON texts (RFC 7464, NDJSON) is none. */
const JSON_MEDIA_TYPE = /^\s*(?:(?:application|text)\/json|[^/;\s]+\/[^/;\s]+\+json)\s*(?:;|$)/i;

/** What the registry has room for, in UTF-16 code units. */
const MAX_NAME_LENGTH = 255;
const MAX_DESCRIPTION_LENGTH = 20_000;
const MAX_TAGS = 100;

/** Members of a path item that are operations of methods the registry does not have. */
const OTHER_METHODS = ['query'];

export interface ReadingOptions extends Omit<ServerChoice, 'documentUrl'> {
  /** That of the environment the endpoints are for: its path is not repeated in theirs. */
  readonly baseDomain: string | null;
  /** Comes before every path, as behind a gateway. */
  readonly pathPrefix?: string;
  /** Only operations with one of these tags are read. */
  readonly includeTags?: readonly string[];
  /** Operations with one of these tags are not read. */
  readonly excludeTags?: readonly string[];
  /** Whether schemas refer to definitions that they share, or each has its own copy. */
  readonly sharesDefinitions?: boolean;
}

/** A mistake in an operation that is an endpoint nevertheless. */
export interface OperationWarning {
  readonly method: string;
  readonly path: string;
  /** The rest of a sentence that begins with the operation. */
  readonly detail: string;
}

/** An operation that is no endpoint. */
export interface SkippedOperation extends OperationWarning {
  /**
   * `not-served`: the API calls it itself; `not-chosen`: the options leave it out; `no-method`: the registry does not have
   * its method; `mistake`: it cannot be read.
   */
  readonly reason: 'not-served' | 'not-chosen' | 'no-method' | 'mistake';
}

/** The operations of a description. */
export interface ReadOperations {
  /** In the order of the document. */
  readonly endpoints: Endpoint[];
  /** Mistakes, of endpoints that were read without the part concerned. */
  readonly warnings: readonly OperationWarning[];
  /** Every operation that is not among the endpoints. */
  readonly skipped: readonly SkippedOperation[];
  /** What schemas refer to as `#/$defs/NAME`, with `sharesDefinitions`. */
  readonly definitions: Definitions;
}

/**
 * Every operation of the description. The part of a server's path beyond that of the base domain comes before each path.
 *
 * @throws UnusableDocument when the chosen server does not exist, or the schemas exceed a limit
 */
export function readOperations(document: OpenApiDocument, options: ReadingOptions): ReadOperations {
  return new OperationReader(document, options).read();
}

class OperationReader {
  private readonly sharer?: SchemaSharer;
  private readonly toSchema: ToSchema;
  private readonly choice: ServerChoice;
  private readonly server: Server;
  private readonly basePath: string;
  private readonly operationIds = new Set<string>();
  private readonly endpoints: Endpoint[] = [];
  private readonly warnings: OperationWarning[] = [];
  private readonly skipped: SkippedOperation[] = [];

  constructor(
    private readonly document: OpenApiDocument,
    private readonly options: ReadingOptions,
  ) {
    if (options.sharesDefinitions === true) {
      const sharer = new SchemaSharer(document);
      this.sharer = sharer;
      this.toSchema = (...schema) => sharer.schema(...schema);
    } else {
      const inliner = new SchemaInliner(document);
      this.toSchema = (...schema) => inliner.selfContained(...schema);
    }
    this.basePath = pathOfBaseDomain(options.baseDomain);
    this.choice = { ...options, documentUrl: document.url };
    this.server = serverOfDocument(document.root.servers, this.choice);
  }

  read(): ReadOperations {
    const { paths, webhooks } = this.document.root;
    for (const [path, item] of Object.entries(objectOrEmpty(paths))) {
      if (!path.startsWith('x-')) this.readPath(path, item);
    }
    for (const [name, item] of Object.entries(objectOrEmpty(webhooks))) {
      this.skipAll(item, pointerBelow('#', 'webhooks', name), name, 'is a webhook: the API calls it');
    }
    const { endpoints, warnings, skipped } = this;
    return { endpoints, warnings, skipped, definitions: this.definitions() };
  }

  private definitions(): Definitions {
    const { sharer } = this;
    if (sharer === undefined) return {};
    const asTheyAre = definitionsInExtension(this.document);
    sharer.keepDefinitionsOf(Object.values(asTheyAre));
    return { ...sharer.definitions(), ...asTheyAre };
  }

  private readPath(path: string, item: unknown): void {
    const pathItem = new PathItem(this.document, item, pointerBelow('#', 'paths', path));
    const slashed = path.startsWith('/') ? path : `/${path}`;
    for (const detail of this.document.takeMistakes()) this.skip('*', slashed, 'mistake', detail);
    for (const method of METHODS) {
      const operation = pathItem.get(method);
      if (operation !== undefined) this.readOperation(slashed, method, pathItem, operation);
    }
    const others = [
      ...OTHER_METHODS.filter((method) => pathItem.get(method) !== undefined),
      ...Object.keys(pathItem.get('additionalOperations')?.object ?? {}),
    ];
    for (const method of others) {
      this.skip(method, slashed, 'no-method', 'has a method that the registry does not have');
    }
  }

  private readOperation(path: string, method: string, pathItem: PathItem, operation: Located): void {
    const exclusion = this.exclusion(operation.object);
    if (exclusion !== undefined) {
      this.skip(method, path, 'not-chosen', exclusion);
      return;
    }
    try {
      this.endpoints.push(this.endpoint(path, method, pathItem, operation));
    } catch (error) {
      if (!(error instanceof OperationFault)) throw error;
      this.skip(method, path, 'mistake', error.message);
    }
    for (const detail of this.document.takeMistakes()) {
      this.warnings.push({ method: method.toUpperCase(), path, detail });
    }
    this.skipCallbacks(path, method, operation);
  }

  /** Why the options leave an operation out. */
  private exclusion({ tags }: JsonObject): string | undefined {
    const { includeTags = [], excludeTags = [] } = this.options;
    const has = (tag: string): boolean => listOrEmpty(tags).includes(tag);
    const excluded = excludeTags.find(has);
    if (excluded !== undefined) return `has the tag "${excluded}", which is excluded`;
    if (includeTags.length === 0 || includeTags.some(has)) return undefined;
    return 'has none of the tags that are included';
  }

  private skipCallbacks(path: string, method: string, { object, pointer }: Located): void {
    for (const [name, callback] of Object.entries(objectOrEmpty(object.callbacks))) {
      const expressions = this.document.located(callback, pointerBelow(pointer, 'callbacks', name));
      for (const [expression, item] of Object.entries(expressions.object)) {
        if (expression.startsWith('x-')) continue;
        const detail = `is a callback of ${method.toUpperCase()} ${path}: the API calls it`;
        this.skipAll(item, pointerBelow(expressions.pointer, expression), expression, detail);
      }
    }
    this.document.takeMistakes();
  }

  private skipAll(item: unknown, pointer: string, path: string, detail: string): void {
    const pathItem = new PathItem(this.document, item, pointer);
    const methods = [...METHODS, ...OTHER_METHODS].filter((method) => pathItem.get(method) !== undefined);
    for (const method of methods) this.skip(method, path, 'not-served', detail);
  }

  private skip(method: string, path: string, reason: SkippedOperation['reason'], detail: string): void {
    this.skipped.push({ method: method.toUpperCase(), path, reason, detail });
  }

  private endpoint(path: string, method: string, pathItem: PathItem, operation: Located): Endpoint {
    const { object, pointer } = operation;
    const parameters = effectiveParameters(this.document, pathItem, operation);
    const request = this.content(operation, 'requestBody');
    const response = this.successContent(operation);
    const server = this.serverOf(object.servers ?? pathItem.servers);
    const { pathPrefix = '' } = this.options;
    const fullPath = `${pathBelow(server.path, this.basePath) ?? server.path}${pathPrefix}${path}`;
    const endpoint: Endpoint = {
      name: shortened(
        text(object.summary) ?? text(object.operationId) ?? `${method.toUpperCase()} ${fullPath}`,
        MAX_NAME_LENGTH,
      ),
      path: fullPath,
      method: method.toUpperCase(),
      description:
        typeof object.description === 'string' ? shortened(object.description, MAX_DESCRIPTION_LENGTH) : null,
      ...securityOf(this.document, object.security ?? this.document.root.security),
      contentType: request?.mediaType ?? null,
      pathParams: parametersSchema(this.toSchema, parameters, 'path'),
      queryParams: parametersSchema(this.toSchema, parameters, 'query'),
      requestBody: this.schema(request, 'request'),
      responseBody: this.schema(response, 'response'),
      operationId: this.operationId(object),
      tags: this.tags(object),
      deprecated: object.deprecated === true,
      headerParams: parametersSchema(this.toSchema, parameters, 'header'),
      cookieParams: parametersSchema(this.toSchema, parameters, 'cookie'),
      parameterStyles: parameterStyles(parameters),
      requestBodyRequired: request?.required ?? false,
      responseContentType: response?.mediaType ?? null,
      baseUrl: server.origin === this.server.origin ? null : (server.origin ?? null),
      keywords: null,
    };
    const extension = readExtension(object[EXTENSION], pointer);
    this.sharer?.keepDefinitionsOf(Object.values(extension));
    return { ...endpoint, ...extension };
  }

  /** Operations that repeat an id are endpoints without it. */
  private operationId({ operationId }: JsonObject): string | null {
    const id = text(operationId);
    if (id === undefined) return null;
    if (id.length > MAX_NAME_LENGTH) {
      this.document.report(`has an operationId of more than ${MAX_NAME_LENGTH} characters`);
      return null;
    }
    if (this.operationIds.has(id)) {
      this.document.report(`repeats the operationId "${id}" of another operation`);
      return null;
    }
    this.operationIds.add(id);
    return id;
  }

  private tags({ tags }: JsonObject): readonly string[] | null {
    const given = listOrEmpty(tags);
    const texts = given.filter((each): each is string => typeof each === 'string' && each !== '');
    if (texts.length < given.length) this.document.report('has tags that are no texts');
    const short = texts.filter(({ length }) => length <= MAX_NAME_LENGTH);
    if (short.length < texts.length) {
      this.document.report(`has tags of more than ${MAX_NAME_LENGTH} characters`);
    }
    const kept = [...new Set(short)];
    if (kept.length > MAX_TAGS)
      this.document.report(`has ${kept.length} tags, of which ${MAX_TAGS} are kept`);
    return kept.length === 0 ? null : kept.slice(0, MAX_TAGS);
  }

  private serverOf(servers: unknown): Server {
    return servers === undefined ? this.server : serverOfOperation(servers, this.choice);
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
    return {
      mediaType,
      required: body.object.required === true,
      schema: object.schema,
      pointer: pointerBelow(pointer, 'schema'),
    };
  }

  private schema(content: Content | undefined, direction: Direction): JsonObject | null {
    return content?.schema === undefined ? null : this.toSchema(content.schema, direction, content.pointer);
  }
}

/** The operation cannot be an endpoint; the message says why. */
class OperationFault extends Error {}

interface Content {
  readonly mediaType: string;
  readonly required: boolean;
  readonly schema: unknown;
  readonly pointer: string;
}

/** The fields of an endpoint that a document of the registry gives as they are. */
function readExtension(extension: unknown, pointer: string): Partial<Endpoint> {
  const fields = objectOrEmpty(extension);
  return Object.fromEntries(
    ENDPOINT_FIELDS.filter((field) => Object.hasOwn(fields, field)).map((field) => [
      field,
      isJsonField(field) ? readJson(fields[field], pointer) : fields[field],
    ]),
  );
}

function readJson(text: unknown, pointer: string): unknown {
  try {
    return typeof text === 'string' ? parseBoundedJson(text) : text;
  } catch (error) {
    const fault = error instanceof NestedTooDeep ? `whose JSON ${error.fault}` : 'that is not JSON';
    throw new OperationFault(`has an ${EXTENSION} at ${pointer} ${fault}: ${String(text).slice(0, 60)}`);
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
