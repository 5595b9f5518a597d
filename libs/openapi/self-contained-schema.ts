import { CircularReferences } from './circular-references.js';
import { isObject, type JsonObject, mapValues } from './json-object.js';
import { canonical } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';
import { holdsNamedSchemas, holdsReference, isData, parts, references } from './schema-keywords.js';
import { schemaOfVersion30 } from './schema-of-version-30.js';
import { UnusableDocument } from './unusable-document.js';

/** Inlined schemas with more values than this keep every component once, as a definition. */
const MAX_INLINED_VALUES = 2_000;

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
type Renamed = (reference: string) => string | undefined;

/** Makes JSON Schemas (2020-12) of one document stand on their own. */
export class SchemaInliner {
  private readonly circular = new CircularReferences((reference) => this.referencesBehind(reference));
  private readonly sizes = new Map<string, number>();
  private readonly behind = new Map<string, readonly string[]>();
  private valuesWritten = 0;

  constructor(private readonly document: OpenApiDocument) {}

  /**
   * The schema with every component it refers to written in its place. Circular components stay references, to
   * definitions under `$defs`. Where writing out would blow the schema up, all of its components do. References into
   * the schema itself stay as well. The schema as a whole is no reference: whoever reads it wants to see its type.
   *
   * @param pointer where the schema is in the document, if it is as it stands there
   */
  selfContained(given: unknown, pointer?: string): JsonObject {
    const schema = this.withoutReference(given, pointer);
    const within = (reference: string): string | undefined => ownReference(reference, pointer);
    const isOwn = (reference: string): boolean => within(reference) !== undefined;
    const needed = this.neededDefinitions(schema, (reference) => this.circular.has(reference), isOwn);
    const kept =
      this.sizeWritten(schema, needed, isOwn) > MAX_INLINED_VALUES
        ? this.neededDefinitions(schema, () => true, isOwn)
        : needed;
    const names = definitionNames(kept, isObject(schema) ? schema.$defs : undefined);
    const renamed: Renamed = (reference) => {
      const name = names.get(reference);
      return name === undefined ? within(reference) : `#/$defs/${escaped(name)}`;
    };
    const written = asObject(this.written(schema, renamed));
    if (kept.size === 0) return written;
    const definitions = [...names].map(([reference, name]): [string, unknown] => [
      name,
      this.written(this.document.at(reference), renamed),
    ]);
    return { ...written, $defs: { ...asObject(written.$defs ?? {}), ...Object.fromEntries(definitions) } };
  }

  /** What a schema that is but a reference refers to, with what is said of it beside the reference. */
  private withoutReference(given: unknown, pointer: string | undefined): unknown {
    let schema = given;
    const seen = new Set<string>();
    while (isObject(schema) && typeof schema.$ref === 'string') {
      const { $ref: reference, ...siblings } = schema;
      if (ownReference(reference, pointer) !== undefined || seen.has(reference)) return schema;
      seen.add(reference);
      const target = this.document.at(reference);
      if (this.document.isVersion30 || Object.keys(siblings).length === 0) schema = target;
      else if (isObject(target) && isAnnotation(siblings)) schema = { ...target, ...siblings };
      else return schema;
    }
    return schema;
  }

  /** The references below a schema that have to stay, in the order they are met; its own are left out. */
  private neededDefinitions(
    schema: unknown,
    stays: (reference: string) => boolean,
    isOwn: (reference: string) => boolean = () => false,
  ): Set<string> {
    const needed = new Set<string>();
    const seen = new Set<string>();
    const pending = references(schema);
    for (const reference of pending) {
      if (seen.has(reference) || isOwn(reference)) continue;
      seen.add(reference);
      if (stays(reference)) needed.add(reference);
      pending.push(...this.referencesBehind(reference));
    }
    return needed;
  }

  private referencesBehind(reference: string): readonly string[] {
    let found = this.behind.get(reference);
    if (found === undefined) {
      found = [...new Set(references(this.document.at(reference)))];
      this.behind.set(reference, found);
    }
    return found;
  }

  private sizeWritten(
    schema: unknown,
    needed: ReadonlySet<string>,
    isOwn: (reference: string) => boolean,
  ): number {
    let size = this.size(schema, isOwn);
    for (const reference of needed) size += this.size(this.document.at(reference), isOwn);
    return size;
  }

  /** Roughly how many values the schema has when it is written out; counted without writing it. */
  private size(node: unknown, isOwn: (reference: string) => boolean = () => false): number {
    let sum = 1;
    if (
      isObject(node) &&
      typeof node.$ref === 'string' &&
      !isOwn(node.$ref) &&
      !this.circular.has(node.$ref)
    ) {
      sum += this.sizeBehind(node.$ref);
    }
    for (const part of parts(node)) sum += this.size(part, isOwn);
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

  private written(schema: unknown, renamed: Renamed): unknown {
    this.valuesWritten += 1;
    if (this.valuesWritten > MAX_VALUES) {
      throw new UnusableDocument(
        `has more than ${MAX_VALUES} values in schemas with their references written out`,
      );
    }
    if (Array.isArray(schema)) return schema.map((item) => this.written(item, renamed));
    if (!isObject(schema)) return schema;
    if (typeof schema.$ref !== 'string') return this.writtenKeywords(schema, renamed);
    const name = renamed(schema.$ref);
    if (name !== undefined) {
      const own = this.document.isVersion30 ? { $ref: schema.$ref } : schema;
      return { ...this.writtenKeywords(own, renamed), $ref: name };
    }
    const { $ref: reference, ...siblings } = schema;
    const target = this.written(this.document.at(reference), renamed);
    if (this.document.isVersion30 || Object.keys(siblings).length === 0) return target;
    const beside = this.writtenKeywords(siblings, renamed);
    // A constraint beside a reference holds in addition; written over the target's own it would replace it.
    return isObject(target) && isAnnotation(beside) ? { ...target, ...beside } : { allOf: [target, beside] };
  }

  private writtenKeywords(schema: JsonObject, renamed: Renamed): JsonObject {
    // An extension that refers to components refers to nothing any more.
    const kept = Object.entries(schema).filter(
      ([key, value]) => !key.startsWith('x-') || !holdsReference(value),
    );
    const written = mapValues(Object.fromEntries(kept), (keyword, value) => {
      if (isData(keyword)) return value;
      // A mapping that leads to components leads nowhere any more; the property that tells them apart remains.
      if (keyword === 'discriminator' && isObject(value) && leadsToComponents(value.mapping)) {
        const { mapping: _, ...rest } = value;
        return rest;
      }
      if (holdsNamedSchemas(keyword, value)) {
        return mapValues(value, (_, named) => this.written(named, renamed));
      }
      return this.written(value, renamed);
    });
    return this.document.isVersion30 ? schemaOfVersion30(written) : written;
  }
}

/** A reference into the schema at this place, seen from the schema; `undefined` when it leads elsewhere. */
function ownReference(reference: string, pointer: string | undefined): string | undefined {
  if (pointer === undefined) return undefined;
  // As it is written, or as anybody else would have written it.
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

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
