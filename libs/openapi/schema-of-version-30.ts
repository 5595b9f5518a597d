import type { JsonObject } from './json-object.js';

/**
 * The keywords of one schema object of OpenAPI 3.0 as JSON Schema 2020-12 has them: `nullable` as a type, exclusive
 * bounds as numbers, examples as a list. The schemas within it are left as they are.
 */
export function schemaOfVersion30(schema: JsonObject): JsonObject {
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
