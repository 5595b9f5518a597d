import { CircularReferences } from './circular-references.js';
import { isObject, type JsonObject } from './json-object.js';
import type { OpenApiDocument } from './openapi-document.js';
import { type Direction, OptionalProperties } from './optional-properties.js';
import { parts, references } from './schema-keywords.js';
import { asObject, ownReference, type Renamed, SchemaWriter, withoutReference } from './schema-writer.js';

/** Inlined schemas with more values than this keep every component once, as a definition. */
const MAX_INLINED_VALUES = 2_000;

/** Makes the JSON Schema of a schema at a place of a document; see {@link SchemaInliner.selfContained}. */
export type ToSchema = (given: unknown, direction: Direction, pointer?: string) => JsonObject;

/** Makes JSON Schemas (2020-12) of one document stand on their own. */
export class SchemaInliner {
  private readonly circular = new CircularReferences((reference) => this.referencesBehind(reference));
  private readonly sizes = new Map<string, number>();
  private readonly behind = new Map<string, readonly string[]>();
  private readonly writer = new SchemaWriter(this.document);

  constructor(private readonly document: OpenApiDocument) {}

  /**
   * The schema with every referenced component inlined. Circular components stay references, to definitions
   * under `$defs`; so do all components of a schema that inlining would blow up. References into the schema
   * itself stay. The root of the schema is never a reference, so that readers see its type.
   *
   * Properties of the other direction (`readOnly` in a request, `writeOnly` in a response) are not required.
   *
   * @param pointer place of the schema in the document, if it is unchanged from there
   */
  selfContained(given: unknown, direction: Direction, pointer?: string): JsonObject {
    const optional = new OptionalProperties(this.document, direction);
    const schema = withoutReference(this.document, given, pointer);
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
    const written = asObject(this.writer.written(schema, renamed, optional));
    if (kept.size === 0) return written;
    const definitions = [...names].map(([reference, name]): [string, unknown] => [
      name,
      this.writer.written(this.document.at(reference), renamed, optional),
    ]);
    return { ...written, $defs: { ...asObject(written.$defs ?? {}), ...Object.fromEntries(definitions) } };
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

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
