/** A JSON Schema as endpoints have it, or what stands in its place. */
export type Schema = Readonly<Record<string, unknown>>;

/** The value as an object; undefined when it is none. */
export function objectOf(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;
}

/** Texts of a list; nothing of anything else. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** A list, or nothing in place of anything else. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The schema that a reference leads to, by the name at its end. */
export function resolved(schema: Schema, definitions: Schema): Schema {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  return objectOf(definitions[nameOf($ref)]) ?? {};
}

/** `Order` of `#/definitions/Order`. */
function nameOf(reference: string): string {
  const name = reference.split('/').at(-1) ?? '';
  return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** What a value of the schema is, in a word. */
export function typeOf(schema: Schema, definitions: Schema): string {
  const { $ref, type, items, format, enum: values } = schema;
  if (typeof $ref === 'string') return nameOf($ref);
  if (Array.isArray(values))
    return values
      .slice(0, 5)
      .map((value) => JSON.stringify(value))
      .join(' | ');
  const item = objectOf(items);
  if (item !== undefined) return `array of ${typeOf(item, definitions)}`;
  const word = typeof type === 'string' ? type : textsOf(type).join(' | ');
  if (word !== '') return typeof format === 'string' ? `${word} (${format})` : word;
  return ['oneOf', 'anyOf', 'allOf'].find((keyword) => Array.isArray(schema[keyword])) ?? 'any';
}

const DEEPEST = 6;

/** A value that the schema describes: its own example where it has one. */
export function exampleOf(given: Schema, definitions: Schema, depth = 0): unknown {
  const schema = resolved(given, definitions);
  const { example, examples, default: usual, enum: values, const: only } = schema;
  const candidates: unknown[] = [example, ...listOf(examples), usual, only];
  const first = candidates.find((each) => each !== undefined);
  if (first !== undefined) return first;
  if (Array.isArray(values)) return listOf(values)[0];
  if (depth >= DEEPEST) return null;
  const [part] = ['allOf', 'oneOf', 'anyOf'].flatMap((keyword) =>
    Array.isArray(schema[keyword]) ? [schema[keyword] as unknown[]] : [],
  );
  const properties = objectOf(schema.properties);
  if (properties !== undefined) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        exampleOf(objectOf(value) ?? {}, definitions, depth + 1),
      ]),
    );
  }
  if (part !== undefined) return exampleOf(objectOf(part[0]) ?? {}, definitions, depth + 1);
  return plainExample(schema, definitions, depth);
}

function plainExample(schema: Schema, definitions: Schema, depth: number): unknown {
  const type = typeof schema.type === 'string' ? schema.type : textsOf(schema.type)[0];
  switch (type) {
    case 'array': {
      return [exampleOf(objectOf(schema.items) ?? {}, definitions, depth + 1)];
    }
    case 'integer':
    case 'number': {
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    }
    case 'boolean': {
      return true;
    }
    case 'string': {
      return schema.format === 'date-time' ? '2026-01-31T09:26:53Z' : 'text';
    }
    default: {
      return {};
    }
  }
}
