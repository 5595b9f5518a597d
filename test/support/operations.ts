import type { TestApp } from './start-app.js';

interface Schema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One operation of the running service, as its OpenAPI document describes it. */
export interface Operation {
  /** Method and path template, such as `PUT /applications/{app_key}`. */
  readonly name: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Sets of scheme names, any one of which is enough; empty for a public operation. */
  readonly security: readonly (readonly string[])[];
  /** Names of required query parameters. */
  readonly query: readonly string[];
  /** The documented examples of the required fields; `undefined` for an operation without a body. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** The documented statuses below 300. */
  readonly successes: readonly number[];
}

/** Every operation of `/openapi.json`, `HEAD` of every `GET` included. */
export async function operationsOf(app: TestApp): Promise<Operation[]> {
  const response = await app.http.get('/openapi.json');
  const document = response.body as Document;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, documented]) =>
      (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]).map((verb) =>
        operation(document, verb, path, documented),
      ),
    ),
  );
}

function operation(
  document: Document,
  method: string,
  path: string,
  { operationId, security = [], parameters = [], requestBody, responses }: DocumentedOperation,
): Operation {
  const schema = requestBody?.content['application/json'].schema;
  return {
    name: `${method} ${path}`,
    id: operationId,
    method,
    path,
    security: security.map((requirement) => Object.keys(requirement)),
    query: parameters.filter((each) => each.in === 'query' && each.required).map(({ name }) => name),
    body: schema && (exampleOf(document, schema) as Record<string, unknown>),
    successes: Object.keys(responses)
      .map(Number)
      .filter((status) => status < 300),
  };
}

function exampleOf(document: Document, schema: Schema): unknown {
  const { $ref, example, items, properties = {}, required = [] } = schema;
  if ($ref !== undefined) {
    const target = document.components.schemas[$ref.replace('#/components/schemas/', '')];
    if (target === undefined) throw new Error(`${$ref} leads nowhere`);
    return exampleOf(document, target);
  }
  if (example !== undefined) return example;
  if (items !== undefined) return [exampleOf(document, items)];
  return Object.fromEntries(required.map((name) => [name, exampleOf(document, properties[name] ?? {})]));
}
