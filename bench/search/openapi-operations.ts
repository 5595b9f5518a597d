import type { CorpusRecord } from './data-files.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const PLACES: readonly unknown[] = ['path', 'query', 'header'];
const MAX_NAME = 255;
const MAX_DESCRIPTION = 20_000;
const MAX_BODY_NAMES = 80;
/** Levels of a request body whose properties are named. */
const BODY_LEVELS = 2;
const MAX_REFERENCES = 20;
const JSON_MEDIA_TYPE = /^application\/([a-z0-9.-]+\+)?json\b/i;

type Json = Readonly<Record<string, unknown>>;

/** The operations of a document of OpenAPI 2 or 3, in its order, as the corpus has them. */
export function operationsOf(application: string, document: unknown): CorpusRecord[] {
  const root = objectOf(document);
  return Object.entries(objectOf(root.paths)).flatMap(([path, item]) => {
    if (!path.startsWith('/')) return [];
    const pathItem = resolved(root, item);
    return METHODS.filter((method) => isObject(pathItem[method])).map((method) =>
      recordOf(root, application, path, method, pathItem),
    );
  });
}

function recordOf(
  root: Json,
  application: string,
  path: string,
  method: string,
  pathItem: Json,
): CorpusRecord {
  const operation = objectOf(pathItem[method]);
  const parameters = [...listOf(pathItem.parameters), ...listOf(operation.parameters)]
    .map((parameter) => resolved(root, parameter))
    .filter(({ name }) => typeof name === 'string');
  const namesIn = (places: readonly unknown[]): string[] =>
    parameters.filter((parameter) => places.includes(parameter.in)).map(({ name }) => String(name));
  const body = new Set(namesIn(['formData']));
  const schema = bodySchema(root, operation, parameters);
  if (schema !== undefined) collectNames(root, schema, body, BODY_LEVELS, new Set());
  const upperCase = method.toUpperCase();
  return {
    application,
    method: upperCase,
    path,
    name: cut(textOf(operation.summary) ?? textOf(operation.operationId) ?? `${upperCase} ${path}`, MAX_NAME),
    description: cut(textOf(operation.description) ?? '', MAX_DESCRIPTION),
    tags: listOf(operation.tags).filter((tag) => typeof tag === 'string'),
    parameters: [...new Set(namesIn(PLACES))],
    body: [...body].slice(0, MAX_BODY_NAMES),
  };
}

function bodySchema(root: Json, operation: Json, parameters: readonly Json[]): unknown {
  const inBody = parameters.find((parameter) => parameter.in === 'body');
  if (inBody !== undefined) return inBody.schema;
  const content = Object.entries(objectOf(resolved(root, operation.requestBody).content));
  const [, media] = content.find(([type]) => JSON_MEDIA_TYPE.test(type)) ?? content[0] ?? [];
  return objectOf(media).schema;
}

/** Names of properties, those of the first level before those of the level below. */
function collectNames(
  root: Json,
  schema: unknown,
  names: Set<string>,
  levels: number,
  open: Set<Json>,
): void {
  const below: unknown[] = [];
  const visit = (node: unknown): void => {
    const found = resolved(root, node);
    if (open.has(found)) return;
    open.add(found);
    for (const [name, property] of Object.entries(objectOf(found.properties))) {
      names.add(name);
      below.push(property);
    }
    for (const key of ['allOf', 'oneOf', 'anyOf']) listOf(found[key]).forEach(visit);
    if (found.items !== undefined) visit(found.items);
  };
  visit(schema);
  if (levels > 1) for (const property of below) collectNames(root, property, names, levels - 1, open);
}

/** What a reference in the document leads to. */
function resolved(root: Json, node: unknown): Json {
  let here = node;
  for (let count = 0; isObject(here) && typeof here.$ref === 'string' && count < MAX_REFERENCES; count += 1) {
    if (!here.$ref.startsWith('#/')) return {};
    here = here.$ref
      .slice(2)
      .split('/')
      .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], root);
  }
  return objectOf(here);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function cut(whole: string, max: number): string {
  if (whole.length <= max) return whole;
  const start = whole.slice(0, max - 1);
  return `${/[\uD800-\uDBFF]$/.test(start) ? start.slice(0, -1) : start}…`;
}
