import type { JsonObject } from './json-object.js';

const COMPOSITIONS = ['allOf', 'oneOf', 'anyOf'] as const;

/**
 * The keywords of one schema object of OpenAPI 3.0 as JSON Schema 2020-12 has them: `nullable` as a type, exclusive
 * bounds as numbers, examples as a list. The schemas within it are left as they are.
 */
export function schemaOfVersion30(schema: JsonObject): JsonObject {
  const written = keywordsOfVersion31(schema);
  const { nullable, type } = schema;
  const isComposed = COMPOSITIONS.some((keyword) => Array.isArray(schema[keyword]));
  // By the letter of 3.0 it means nothing without a type; NSwag, NestJS and FastAPI write it for "this one, or null".
  return nullable === true && type === undefined && isComposed ? orNull(written) : written;
}

/** A schema that also allows null, with its annotations outside of the choice. */
function orNull(schema: JsonObject): JsonObject {
  const { oneOf, anyOf, allOf, ...rest } = schema;
  const alternatives = oneOf ?? anyOf;
  if (Array.isArray(alternatives) && allOf === undefined) {
    const list = [...(alternatives as unknown[]), { type: 'null' }];
    return oneOf === undefined ? { ...rest, anyOf: list } : { ...rest, oneOf: list };
  }
  const { title, description, discriminator: _, ...constraints } = schema;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    anyOf: [constraints, { type: 'null' }],
  };
}

function keywordsOfVersion31(schema: JsonObject): JsonObject {
  const keywords = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    switch (keyword) {
      case 'nullable':
        return [];
      case 'type':
        return [['type', schema.nullable === true && value !== 'null' ? [value, 'null'] : value]];
      case 'enum':
        // With a nullable type alone, null would still not be one of the values.
        return [['enum', allowsNull(schema) && Array.isArray(value) ? withNull(value) : value]];
      case 'minimum':
        return schema.exclusiveMinimum === true ? [['exclusiveMinimum', value]] : [[keyword, value]];
      case 'maximum':
        return schema.exclusiveMaximum === true ? [['exclusiveMaximum', value]] : [[keyword, value]];
      case 'exclusiveMinimum':
      case 'exclusiveMaximum':
        return typeof value === 'boolean' ? [] : [[keyword, value]];
      case 'example':
        return [['examples', [value]]];
      default:
        return [[keyword, value]];
    }
  });
  return Object.fromEntries(keywords);
}

/** In OpenAPI 3.0 `nullable` means nothing without a type beside it (3.0.3, clarification of nullable). */
function allowsNull(schema: JsonObject): boolean {
  return schema.nullable === true && schema.type !== undefined;
}

function withNull(values: readonly unknown[]): readonly unknown[] {
  return values.includes(null) ? values : [...values, null];
}
