import { isObject, type JsonObject, listOrEmpty, objectOrEmpty } from './json-object.js';
import type { OpenApiDocument } from './openapi-document.js';

/** Whether a schema describes what a client sends or what it receives. */
export type Direction = 'request' | 'response';

const OTHER_DIRECTION = { request: 'readOnly', response: 'writeOnly' } as const;

/** Schemas on the way from a list of required properties to the definition of one of them. */
const MAX_DEPTH = 20;

/**
 * Tells which required properties are so in the other direction only: `readOnly` ones are required in responses,
 * `writeOnly` ones in requests (OpenAPI 3.0.3, section 4.7.24.2).
 */
export class OptionalProperties {
  private readonly keyword: 'readOnly' | 'writeOnly';

  constructor(
    private readonly document: OpenApiDocument,
    direction: Direction,
  ) {
    this.keyword = OTHER_DIRECTION[direction];
  }

  /**
   * The value of `required` without properties of the other direction.
   *
   * @param schemas that define the properties: the one with `required`, and the one whose `allOf` it is part of
   */
  without(required: unknown, schemas: readonly (JsonObject | undefined)[]): unknown {
    if (!Array.isArray(required)) return required;
    const isOfOtherDirection = (name: unknown): boolean =>
      typeof name === 'string' &&
      schemas.some((schema) => schema !== undefined && this.isOfOtherDirection(schema, name, 0));
    return required.filter((name) => !isOfOtherDirection(name));
  }

  private isOfOtherDirection(schema: JsonObject, name: string, depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    const properties = objectOrEmpty(schema.properties);
    if (Object.hasOwn(properties, name)) return this.isMarked(properties[name], depth);
    return this.partsOf(schema).some((part) => this.isOfOtherDirection(part, name, depth + 1));
  }

  private isMarked(property: unknown, depth: number): boolean {
    if (!isObject(property) || depth > MAX_DEPTH) return false;
    if (property[this.keyword] === true) return true;
    return this.partsOf(property).some((part) => this.isMarked(part, depth + 1));
  }

  /** The schemas that hold together with this one. */
  private partsOf(schema: JsonObject): JsonObject[] {
    const { $ref: reference, allOf } = schema;
    const target = typeof reference === 'string' ? this.document.find(reference) : undefined;
    return [target, ...listOrEmpty(allOf)].filter(isObject);
  }
}
