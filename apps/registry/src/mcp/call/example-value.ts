import { definitionName } from '#libs/domain/definition.js';
import { isObject, type JsonObject, listOrEmpty, objectOrEmpty } from '#libs/openapi/json-object.js';

const MAX_DEPTH = 6;
const MAX_TEXT = 100;

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  email: 'name@example.com',
  uri: 'https://example.com',
  url: 'https://example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};

/**
 * A value that a schema accepts, as far as its types tell: its own example where it has one, of objects what is
 * required. `undefined` when nothing can be said.
 *
 * @param definitions what references lead to, by name
 */
export function exampleOf(schema: unknown, definitions: JsonObject, depth = 0): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return undefined;
  const known = { ...definitions, ...objectOrEmpty(schema.$defs) };
  if (typeof schema.$ref === 'string') {
    return exampleOf(known[definitionName(schema.$ref) ?? ''], known, depth + 1);
  }
  const given = schema.const ?? schema.example ?? listOrEmpty(schema.examples)[0] ?? schema.default;
  if (given !== undefined) return shortText(given);
  const [choice] = listOrEmpty(schema.enum);
  if (choice !== undefined) return choice;
  const parts = listOrEmpty(schema.allOf).map((part) => exampleOf(part, known, depth + 1));
  const [alternative] = [...listOrEmpty(schema.oneOf), ...listOrEmpty(schema.anyOf)];
  if (alternative !== undefined) parts.push(exampleOf(alternative, known, depth + 1));
  const own = valueOfType(schema, known, depth);
  const objects = [...parts, own].filter(isObject);
  return objects.length > 0
    ? Object.assign({}, ...objects)
    : (own ?? parts.find((part) => part !== undefined));
}

function valueOfType(schema: JsonObject, known: JsonObject, depth: number): unknown {
  const { type = schema.properties === undefined ? undefined : 'object' } = schema;
  switch (Array.isArray(type) ? type.find((each) => each !== 'null') : type) {
    case 'object':
      return objectExample(schema, known, depth);
    case 'array': {
      const item = exampleOf(schema.items, known, depth + 1);
      return item === undefined ? [] : [item];
    }
    case 'string':
      return BY_FORMAT[String(schema.format)] ?? textOfLength(schema);
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return undefined;
  }
}

function objectExample(schema: JsonObject, known: JsonObject, depth: number): JsonObject {
  const properties = objectOrEmpty(schema.properties);
  const required = listOrEmpty(schema.required).filter(
    (name): name is string => typeof name === 'string' && Object.hasOwn(properties, name),
  );
  return Object.fromEntries(
    required.flatMap((name) => {
      const value = exampleOf(properties[name], known, depth + 1);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function textOfLength({ minLength }: JsonObject): string {
  return typeof minLength === 'number' && minLength > 6
    ? 'x'.repeat(Math.min(minLength, MAX_TEXT))
    : 'string';
}

function shortText(value: unknown): unknown {
  return typeof value === 'string' && value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;
}
