import { isExactNumber } from '../json/exact-json.js';

/** A JSON object of unknown shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An exact number is none, though JavaScript has it for an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** The value when it is an object, otherwise an empty one: absent parts of a document are like empty parts. */
export function objectOrEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function listOrEmpty(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The object with every value replaced, its keys in their order. */
export function mapValues(object: JsonObject, map: (key: string, value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}
