import { isObject, type JsonObject, type OpenApiDocument } from './openapi-document.js';

/** Inlined schemas with more values than this keep every component once, as a definition. */
const MAX_INLINED_VALUES = 10_000;

/** Keywords whose value is data, not schemas: what looks like a reference there is none. */
const DATA_KEYWORDS = new Set(['const', 'default', 'enum', 'example', 'examples']);
/** Keywords whose value holds schemas by name: a property may be called `default` or `$ref`. */
const NAMED_SCHEMAS = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
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

/** Makes JSON Schemas of one document stand on their own. */
export class SchemaInliner {
  private readonly circular = new Map<string, boolean>();
  private readonly sizes = new Map<string, number>();

  constructor(private readonly document: OpenApiDocument) {}

  /**
   * The schema with every component it refers to written in its place. Circular components stay references, to
   * definitions under `$defs`. Where writing out would blow the schema up, all of its components do.
   */
  selfContained(schema: unknown): JsonObject {
    const needed = this.neededDefinitions(schema, (reference) => this.isCircular(reference));
    let size = this.size(schema);
    for (const reference of needed) size += this.size(this.document.at(reference));
    const kept = size > MAX_INLINED_VALUES ? this.neededDefinitions(schema, () => true) : needed;
    const names = definitionNames(kept, isObject(schema) ? schema.$defs : undefined);
    const written = asObject(this.written(schema, names));
    if (kept.size === 0) return written;
    const definitions = [...names].map(([reference, name]): [string, unknown] => [
      name,
      this.written(this.document.at(reference), names),
    ]);
    return { ...written, $defs: { ...asObject(written.$defs ?? {}), ...Object.fromEntries(definitions) } };
  }

  /** The references below a schema that have to stay, in the order they are met. */
  private neededDefinitions(schema: unknown, stays: (reference: string) => boolean): Set<string> {
    const needed = new Set<string>();
    const seen = new Set<string>();
    const pending = references(schema);
    for (const reference of pending) {
      if (seen.has(reference)) continue;
      seen.add(reference);
      if (stays(reference)) needed.add(reference);
      pending.push(...references(this.document.at(reference)));
    }
    return needed;
  }

  private isCircular(reference: string): boolean {
    let circular = this.circular.get(reference);
    if (circular === undefined) {
      const below = this.neededDefinitions(this.document.at(reference), () => true);
      circular = below.has(reference);
      this.circular.set(reference, circular);
    }
    return circular;
  }

  /** Roughly how many values the schema has when it is written out; counted without writing it. */
  private size(node: unknown): number {
    let sum = 1;
    if (isObject(node) && typeof node.$ref === 'string' && !this.isCircular(node.$ref)) {
      sum += this.sizeBehind(node.$ref);
    }
    for (const part of parts(node)) sum += this.size(part);
    return sum;
  }

  private sizeBehind(reference: string): number {
    let size = this.sizes.get(reference);
    if (size === undefined) {
      size = this.size(this.document.at(reference));
      this.sizes.set(reference, size);
    }
    return size;
  }

  private written(schema: unknown, definitions: ReadonlyMap<string, string>): unknown {
    if (Array.isArray(schema)) return schema.map((item) => this.written(item, definitions));
    if (!isObject(schema)) return schema;
    const { $ref: reference, ...siblings } = schema;
    if (typeof reference !== 'string') return this.writtenKeywords(schema, definitions);
    const name = definitions.get(reference);
    const target =
      name === undefined
        ? this.written(this.document.at(reference), definitions)
        : { $ref: `#/$defs/${escaped(name)}` };
    if (this.document.ignoresSiblingsOfRefs || Object.keys(siblings).length === 0) return target;
    const beside = this.writtenKeywords(siblings, definitions);
    // A constraint beside a reference holds in addition; written over the target's own it would replace it.
    return isObject(target) && Object.keys(beside).every((keyword) => ANNOTATIONS.has(keyword))
      ? { ...target, ...beside }
      : { allOf: [target, beside] };
  }

  private writtenKeywords(schema: JsonObject, definitions: ReadonlyMap<string, string>): JsonObject {
    return mapValues(schema, (keyword, value) => {
      if (isData(keyword)) return value;
      // Its mapping leads to components, which are gone; the property that tells the alternatives apart remains.
      if (keyword === 'discriminator' && isObject(value)) return { propertyName: value.propertyName };
      if (NAMED_SCHEMAS.has(keyword) && isObject(value)) {
        return mapValues(value, (_, named) => this.written(named, definitions));
      }
      return this.written(value, definitions);
    });
  }
}

/** What of a schema, or of a list of schemas, can hold references in turn: everything but data. */
function parts(schema: unknown): unknown[] {
  if (Array.isArray(schema)) return schema as unknown[];
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (isData(keyword)) return [];
    return NAMED_SCHEMAS.has(keyword) && isObject(value) ? Object.values(value) : [value];
  });
}

function isData(keyword: string): boolean {
  return DATA_KEYWORDS.has(keyword) || keyword.startsWith('x-');
}

/** All references of a schema to other places of the document, those behind them not included. */
function references(schema: unknown): string[] {
  const own = isObject(schema) && typeof schema.$ref === 'string' ? [schema.$ref] : [];
  return [...own, ...parts(schema).flatMap(references)];
}

/** A short name for each reference: its last part, numbered where two would be the same. */
function definitionNames(kept: ReadonlySet<string>, own: unknown): Map<string, string> {
  const taken = new Set(isObject(own) ? Object.keys(own) : []);
  return new Map(
    [...kept].map((reference) => {
      const last = decodeURIComponent(reference.slice(reference.lastIndexOf('/') + 1));
      let name = last;
      for (let number = 2; taken.has(name); number += 1) name = `${last}${number}`;
      taken.add(name);
      return [reference, name];
    }),
  );
}

/** `true` and `false` are schemas as well; the registry keeps objects. */
function asObject(schema: unknown): JsonObject {
  if (isObject(schema)) return schema;
  return schema === false ? { not: {} } : {};
}

function mapValues(object: JsonObject, map: (key: string, value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
