import { definitionName } from '../domain/definition.js';
import { isObject } from './json-object.js';
import { pointerBelow, valueAt } from './json-reference.js';
import { isData } from './schema-keywords.js';
import { isJsonType, JSON_TYPES } from './type-names.js';

/** Something in a schema that JSON Schema (2020-12) does not know. */
export interface SchemaFault {
  /** JSON Pointer within the schema, such as `/properties/total/type`. */
  readonly pointer: string;
  readonly detail: string;
}

const SCHEMA = new Set([
  ...['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]);
const LISTS_OF_SCHEMAS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const MAPS_OF_SCHEMAS = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'],
]);

/**
 * What a schema says that is odd, at most `max` findings: none of it keeps it from being registered.
 *
 * @param definitions names of the definitions that the environment shares
 */
export function schemaFaults(schema: unknown, definitions: ReadonlySet<string>, max: number): SchemaFault[] {
  const faults: SchemaFault[] = [];
  const report = (pointer: string, detail: string): void => {
    if (faults.length < max) faults.push({ pointer, detail });
  };

  const check = (part: unknown, pointer: string): void => {
    if (faults.length >= max || typeof part === 'boolean') return;
    if (!isObject(part)) {
      report(pointer, 'must be a JSON Schema: an object, true or false');
      return;
    }
    for (const [keyword, value] of Object.entries(part))
      checkKeyword(keyword, value, pointerBelow(pointer, keyword));
  };

  const checkKeyword = (keyword: string, value: unknown, pointer: string): void => {
    if (isData(keyword)) return;
    if (SCHEMA.has(keyword)) check(value, pointer);
    else if (LISTS_OF_SCHEMAS.has(keyword)) {
      if (!Array.isArray(value)) report(pointer, 'must be a list of schemas');
      else
        value.forEach((each, index) => {
          check(each, pointerBelow(pointer, String(index)));
        });
    } else if (MAPS_OF_SCHEMAS.has(keyword)) {
      if (!isObject(value)) report(pointer, 'must be an object of schemas');
      else for (const [name, each] of Object.entries(value)) check(each, pointerBelow(pointer, name));
    } else if (keyword === 'type') checkType(value, pointer);
    else if (keyword === 'required' && !isListOfTexts(value))
      report(pointer, 'must be a list of property names');
    else if (keyword === '$ref' && typeof value === 'string' && !leadsSomewhere(value)) {
      report(pointer, `refers to "${value.slice(0, 200)}", which does not exist`);
    }
  };

  const checkType = (value: unknown, pointer: string): void => {
    const types: readonly unknown[] = Array.isArray(value) ? value : [value];
    const unknown = types.find((type) => !isJsonType(type));
    if (unknown === undefined) return;
    report(pointer, `is ${JSON.stringify(unknown).slice(0, 60)}; JSON Schema has ${JSON_TYPES.join(', ')}`);
  };

  const leadsSomewhere = (reference: string): boolean => {
    if (!/^#(\/|$)/.test(reference)) return false;
    const name = definitionName(reference);
    return valueAt(schema, reference) !== undefined || (name !== undefined && definitions.has(name));
  };

  check(schema, '');
  return faults;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
