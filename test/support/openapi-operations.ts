import type { TestApp } from './start-app.js';

/** The parts of an OpenAPI 3.1 document the tests read. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly example?: unknown;
  readonly default?: unknown;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema: JsonSchema;
}

interface ResponseObject {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** One operation with its place in the document. */
export interface Operation extends OperationObject {
  /** Method and path template, such as `PUT /applications/{app_key}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly ParameterObject[];
  readonly bodySchema: JsonSchema | undefined;
}

/** The document a service describes itself with. */
export async function documentOf({ http }: TestApp): Promise<OpenApiDocument> {
  return (await http.get('/openapi.json').expect(200)).body as OpenApiDocument;
}

/** All operations, in the order of the document. */
export function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      bodySchema: operation.requestBody?.content['application/json']?.schema,
    })),
  );
}

/** The operations whose answers end; that of an event stream has tests of its own. */
export function endingOperationsOf(document: OpenApiDocument): Operation[] {
  return operationsOf(document).filter(
    ({ responses }) => responses['200']?.content?.['text/event-stream'] === undefined,
  );
}

/** The same operations, and `HEAD` of every `GET`, which the document does not tell apart. */
export function withHeads(operations: readonly Operation[]): Operation[] {
  return operations.flatMap((operation) =>
    operation.method === 'GET'
      ? [operation, { ...operation, method: 'HEAD', name: `HEAD ${operation.path}` }]
      : [operation],
  );
}

/** The status of an operation that succeeds. */
export function documentedSuccess({ name, responses }: Operation): number {
  const status = Object.keys(responses)
    .map(Number)
    .find((each) => each < 300);
  if (status === undefined) throw new Error(`${name} documents no success`);
  return status;
}

/** Sets of scheme names, any one of which opens an operation; none for a public one. */
export function schemeSetsOf({ security = [] }: Operation): string[][] {
  return security.map((requirement) => Object.keys(requirement));
}

/** The schema itself, or the one it refers to. */
export function resolved(document: OpenApiDocument, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const target = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
  if (target === undefined) throw new Error(`${schema.$ref} leads nowhere`);
  return target;
}
