import { isObject, type JsonObject } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import { holdsNamedSchemas, isData } from './schema-keywords.js';

/** Members of OpenAPI objects that hold objects by name: a response may be called `default`. */
const NAMED_OBJECTS = new Set([
  'callbacks',
  'content',
  'headers',
  'parameters',
  'pathItems',
  'paths',
  'requestBodies',
  'responses',
  'schemas',
  'securitySchemes',
  'webhooks',
]);

/** Whether a member holds objects by name, so that its keys are names and not keywords. */
export function holdsNames(key: string, value: unknown): value is JsonObject {
  return holdsNamedSchemas(key, value) || (NAMED_OBJECTS.has(key) && isObject(value));
}

/**
 * A copy of a description in which `rewrite` has replaced every object that is part of it: schemas, parameters,
 * responses and so on, parents before children. Example values and extensions stay as they are. An object that YAML
 * aliases repeat is rewritten once.
 */
export function rewriteObjects(root: unknown, rewrite: (object: JsonObject) => JsonObject): unknown {
  const rewritten = new Map<object, unknown>();
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return once(value, () => value.map(copy));
    if (!isObject(value)) return value;
    return once(value, () => members(rewrite(value)));
  };
  const once = (value: object, make: () => unknown): unknown => {
    if (!rewritten.has(value)) rewritten.set(value, make());
    return rewritten.get(value);
  };
  const members = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, child]): [string, unknown] => {
        if (holdsNames(key, child)) return [key, named(child)];
        return [key, isData(key) ? child : copy(child)];
      }),
    );
  const named = (objects: JsonObject): unknown =>
    once(objects, () =>
      Object.fromEntries(
        Object.entries(objects).map(([name, each]): [string, unknown] => [name, copy(each)]),
      ),
    );
  return copy(root);
}

/** Visits every object that is part of a description with its JSON pointer, parents before children. */
export function visitObjects(root: unknown, visit: (object: JsonObject, pointer: string) => void): void {
  // YAML aliases repeat an object: its first place is enough.
  const visited = new Set<object>();
  const descend = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null || visited.has(value)) return;
    visited.add(value);
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        descend(item, pointerBelow(pointer, String(index)));
      });
      return;
    }
    if (!isObject(value)) return;
    visit(value, pointer);
    for (const [key, child] of Object.entries(value)) {
      const place = pointerBelow(pointer, key);
      if (holdsNames(key, child)) {
        for (const [name, each] of Object.entries(child)) descend(each, pointerBelow(place, name));
      } else if (!isData(key)) descend(child, place);
    }
  };
  descend(root, '#');
}
