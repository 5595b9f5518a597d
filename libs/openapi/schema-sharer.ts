import { definitionName, type Definitions } from '../domain/definition.js';
import { canonical, pointerBelow } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';
import { type Direction, OptionalProperties } from './optional-properties.js';
import { references } from './schema-keywords.js';
import { asObject, ownReference, SchemaWriter, withoutReference } from './schema-writer.js';

/**
 * Makes JSON Schemas (2020-12) of one document that share their definitions: every reference leads to `#/$defs/NAME`.
 * Definitions serve requests and responses alike, so that their `required` lists stay as they are.
 */
export class SchemaSharer {
  /** Names by reference, in the order in which they were met. */
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();
  private readonly writer: SchemaWriter;

  constructor(private readonly document: OpenApiDocument) {
    this.writer = new SchemaWriter(document);
  }

  /** As `SchemaInliner.selfContained`, but with references to {@link definitions}. */
  schema(given: unknown, direction: Direction, pointer?: string): Record<string, unknown> {
    const schema = withoutReference(this.document, given, pointer);
    const optional = new OptionalProperties(this.document, direction);
    return asObject(this.writer.written(schema, (reference) => this.renamed(reference, pointer), optional));
  }

  /** Keeps the components that values refer to as definitions already. */
  keepDefinitionsOf(values: readonly unknown[]): void {
    for (const reference of values.flatMap(references)) {
      const name = definitionName(reference);
      const component = name === undefined ? undefined : pointerBelow('#', 'components', 'schemas', name);
      if (component !== undefined && this.document.find(component) !== undefined) this.nameOf(component);
    }
  }

  /** The definitions that the schemas so far refer to, directly or through others. */
  definitions(): Definitions {
    const definitions: [string, unknown][] = [];
    // The map grows while it is iterated: definitions refer to others.
    for (const [reference, name] of this.names) {
      const schema = this.document.at(reference);
      definitions.push([name, this.writer.written(schema, (each) => this.renamed(each, undefined))]);
    }
    return Object.fromEntries(definitions);
  }

  /** The name of the definition that a reference leads to: its last part, numbered where two would be the same. */
  nameOf(reference: string): string {
    const key = canonical(reference);
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const last = decodeURIComponent(key.slice(key.lastIndexOf('/') + 1)).replaceAll(/[^A-Za-z0-9._-]/g, '_');
    const base = last.slice(0, 240) || 'Schema';
    let name = base;
    for (let number = 2; this.taken.has(name); number += 1) name = `${base}${number}`;
    this.taken.add(name);
    this.names.set(key, name);
    return name;
  }

  /** A reference that leads nowhere is written out, which reports it as a mistake. */
  private renamed(reference: string, pointer: string | undefined): string | undefined {
    const own = ownReference(reference, pointer);
    if (own !== undefined) return own;
    return this.document.find(reference) === undefined ? undefined : `#/$defs/${this.nameOf(reference)}`;
  }
}
