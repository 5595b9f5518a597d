import { isObject, type JsonObject, mapValues } from './json-object.js';
import { canonical } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';
import type { OptionalProperties } from './optional-properties.js';
import { holdsNamedSchemas, holdsReference, isData } from './schema-keywords.js';
import { schemaOfVersion30 } from './schema-of-version-30.js';
import { TooManyValues } from './unusable-document.js';

/** Of all schemas of a document together: several times what a batch may hold. */
const MAX_VALUES = 3_000_000;

/** Keywords that say something about a value without constraining it: beside a `$ref` they win. */
const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** What a reference is replaced by; `undefined`: by what it refers to. */
export type Renamed = (reference: string) => string | undefined;

/** Writes schemas of a document as JSON Schemas (2020-12), with their references replaced. */
export class SchemaWriter {
  private valuesWritten = 0;
  private optional: OptionalProperties | undefined;

  constructor(private readonly document: OpenApiDocument) {}

  /**
   * @param optional tells which properties are not required; without it all stay so
   * @throws TooManyValues when all schemas together have more than 3,000,000 values
   */
  written(schema: unknown, renamed: Renamed, optional?: OptionalProperties): unknown {
    this.optional = optional;
    return this.part(schema, renamed);
  }

  /** @param enclosing the schema whose `allOf` it is part of */
  private part(schema: unknown, renamed: Renamed, enclosing?: JsonObject): unknown {
    this.valuesWritten += 1;
    if (this.valuesWritten > MAX_VALUES) {
      throw new TooManyValues(
        `has more than ${MAX_VALUES} values in schemas with their references written out`,
      );
    }
    if (Array.isArray(schema)) return schema.map((item) => this.part(item, renamed, enclosing));
    if (!isObject(schema)) return schema;
    if (typeof schema.$ref !== 'string') return this.keywords(schema, renamed, enclosing);
    const name = renamed(schema.$ref);
    if (name !== undefined) {
      const own = this.document.isVersion30 ? { $ref: schema.$ref } : schema;
      return { ...this.keywords(own, renamed), $ref: name };
    }
    const { $ref: reference, ...siblings } = schema;
    const target = this.part(this.document.at(reference), renamed, enclosing);
    if (this.document.isVersion30 || Object.keys(siblings).length === 0) return target;
    const beside = this.keywords(siblings, renamed);
    // A constraint beside a reference holds in addition; written over the target's own it would replace it.
    return isObject(target) && isAnnotation(beside) ? { ...target, ...beside } : { allOf: [target, beside] };
  }

  private keywords(schema: JsonObject, renamed: Renamed, enclosing?: JsonObject): JsonObject {
    // An extension that refers to components refers to nothing any more.
    const kept = Object.entries(schema).filter(
      ([key, value]) => !key.startsWith('x-') || !holdsReference(value),
    );
    const written = mapValues(Object.fromEntries(kept), (keyword, value) => {
      if (keyword === 'required') return this.optional?.without(value, [schema, enclosing]) ?? value;
      if (isData(keyword)) return value;
      // The branches have the values of a mapping that leads to components; it would lead nowhere any more.
      if (keyword === 'discriminator' && isObject(value) && leadsToComponents(value.mapping)) {
        const { mapping: _, ...rest } = value;
        return rest;
      }
      if (holdsNamedSchemas(keyword, value)) {
        return mapValues(value, (_, named) => this.part(named, renamed));
      }
      return this.part(value, renamed, keyword === 'allOf' ? (enclosing ?? schema) : undefined);
    });
    return this.document.isVersion30 ? schemaOfVersion30(written) : written;
  }
}

/** The target of a schema that is only a reference, with the annotations beside the reference. */
export function withoutReference(
  document: OpenApiDocument,
  given: unknown,
  pointer: string | undefined,
): unknown {
  let schema = given;
  const seen = new Set<string>();
  while (isObject(schema) && typeof schema.$ref === 'string') {
    const { $ref: reference, ...siblings } = schema;
    if (ownReference(reference, pointer) !== undefined || seen.has(reference)) return schema;
    seen.add(reference);
    const target = document.at(reference);
    if (document.isVersion30 || Object.keys(siblings).length === 0) schema = target;
    else if (isObject(target) && isAnnotation(siblings)) schema = { ...target, ...siblings };
    else return schema;
  }
  return schema;
}

/** A reference into the schema at this place, seen from the schema; `undefined` when it leads elsewhere. */
export function ownReference(reference: string, pointer: string | undefined): string | undefined {
  if (pointer === undefined || !/^#(\/|$)/.test(reference)) return undefined;
  // As written, or in canonical form.
  const written = [reference, canonical(reference)];
  const own = written.find((each) => each === pointer || each.startsWith(`${pointer}/`));
  return own === undefined ? undefined : `#${own.slice(pointer.length)}`;
}

function isAnnotation(keywords: JsonObject): boolean {
  return Object.keys(keywords).every((keyword) => ANNOTATIONS.has(keyword));
}

function leadsToComponents(mapping: unknown): boolean {
  return isObject(mapping) && Object.values(mapping).some((value) => !String(value).startsWith('#/$defs/'));
}

/** `true` and `false` are schemas as well; the registry keeps objects. */
export function asObject(schema: unknown): JsonObject {
  if (isObject(schema)) return schema;
  return schema === false ? { not: {} } : {};
}
