import { definitionName } from '#libs/domain/definition.js';
import {
  isObject,
  type JsonObject,
  listOrEmpty,
  mapValues,
  objectOrEmpty,
} from '#libs/openapi/json-object.js';

/** How much of a schema is kept. */
export interface SchemaLimits {
  /** Characters of each description; 0: none is kept. */
  readonly description: number;
  /** Values of each enumeration. */
  readonly enumValues: number;
  /** How far references are followed. */
  readonly distance: number;
  /** Whether properties that are not required are kept; otherwise their names are counted as cut. */
  readonly optional: boolean;
}

export interface ReducedSchema {
  readonly schema: unknown;
  /** Names of optional properties that were left out. */
  readonly optional: readonly string[];
  /** Whether definitions further away than the limit were left out. */
  readonly isCutAtReferences: boolean;
}

/** Keywords that say what a value must look like; what else a schema has is for readers of documentation. */
const KEPT = new Set([
  ...['type', 'format', 'enum', 'const', 'default', 'nullable', 'pattern', 'deprecated', 'writeOnly'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
  ...['contentEncoding', 'contentMediaType', 'dependentRequired'],
]);
const SCHEMAS = ['items', 'not', 'if', 'then', 'else', 'contains', 'propertyNames', 'additionalProperties'];
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
/** Schemas within schemas beyond which nothing is kept, references not counted. */
const MAX_DEPTH = 12;

/**
 * A schema with the definitions that it refers to in its `$defs`, cut to the limits. It accepts all that the whole one
 * accepts.
 *
 * @param definitions shared ones, by name
 */
export function reduceSchema(schema: unknown, definitions: JsonObject, limits: SchemaLimits): ReducedSchema {
  return new SchemaReduction({ ...definitions, ...objectOrEmpty(objectOrEmpty(schema).$defs) }, limits).of(
    schema,
  );
}

class SchemaReduction {
  private readonly optional = new Set<string>();
  private readonly reduced = new Map<string, unknown>();
  private wanted: string[] = [];
  private distance = 0;
  private isCutAtReferences = false;

  constructor(
    private readonly definitions: JsonObject,
    private readonly limits: SchemaLimits,
  ) {}

  of(root: unknown): ReducedSchema {
    const schema = this.schema(root, 0);
    while (this.wanted.length > 0) {
      const names = this.wanted;
      this.wanted = [];
      this.distance += 1;
      for (const name of names) this.reduced.set(name, this.schema(this.definitions[name], 0));
    }
    return {
      schema:
        this.reduced.size === 0 || !isObject(schema)
          ? schema
          : { ...schema, $defs: Object.fromEntries(this.reduced) },
      optional: [...this.optional],
      isCutAtReferences: this.isCutAtReferences,
    };
  }

  private schema(value: unknown, depth: number): unknown {
    if (!isObject(value)) return value;
    if (depth > MAX_DEPTH) return {};
    if (typeof value.$ref === 'string') return this.reference(value.$ref);
    const kept: Record<string, unknown> = {};
    for (const [keyword, member] of Object.entries(value)) {
      if (keyword === 'description') this.describe(kept, member);
      else if (keyword === 'properties') Object.assign(kept, this.properties(value, depth));
      else if (keyword === 'enum') Object.assign(kept, this.choices(member));
      else if (KEPT.has(keyword)) kept[keyword] = member;
      else if (SCHEMAS.includes(keyword)) kept[keyword] = this.schema(member, depth + 1);
      else if (LISTS_OF_SCHEMAS.includes(keyword)) {
        kept[keyword] = listOrEmpty(member).map((each) => this.schema(each, depth + 1));
      }
    }
    if (kept.required === undefined && listOrEmpty(value.required).length > 0) kept.required = value.required;
    // Properties that are left out are allowed all the same.
    if (!this.limits.optional && kept.additionalProperties === false) delete kept.additionalProperties;
    return kept;
  }

  private describe(kept: Record<string, unknown>, description: unknown): void {
    if (this.limits.description > 0 && typeof description === 'string' && description !== '') {
      kept.description = shortened(description, this.limits.description);
    }
  }

  /** More values than the limit become examples: a list that is cut would refuse the others. */
  private choices(values: unknown): JsonObject {
    const list = listOrEmpty(values);
    const { enumValues } = this.limits;
    return list.length <= enumValues ? { enum: list } : { examples: list.slice(0, enumValues) };
  }

  /** Required ones first. */
  private properties(schema: JsonObject, depth: number): Record<string, unknown> {
    const properties = objectOrEmpty(schema.properties);
    const required = new Set(
      listOrEmpty(schema.required).filter((name) => Object.hasOwn(properties, String(name))),
    );
    const names = Object.keys(properties);
    const optional = names.filter((name) => !required.has(name));
    const isKept = this.limits.optional || required.size === 0;
    if (!isKept) for (const name of optional) this.optional.add(name);
    const ordered = [...names.filter((name) => required.has(name)), ...(isKept ? optional : [])];
    return {
      properties: mapValues(Object.fromEntries(ordered.map((name) => [name, properties[name]])), (_, each) =>
        this.schema(each, depth + 1),
      ),
      ...(required.size > 0 && { required: [...required] }),
    };
  }

  private reference(reference: string): unknown {
    const name = definitionName(reference);
    if (name === undefined || !Object.hasOwn(this.definitions, name)) {
      this.isCutAtReferences = true;
      return {};
    }
    if (this.reduced.has(name)) return { $ref: reference };
    if (this.distance >= this.limits.distance) {
      this.isCutAtReferences = true;
      const { type } = objectOrEmpty(this.definitions[name]);
      return type === undefined ? {} : { type };
    }
    // Its place is kept, so that it is reduced once.
    this.reduced.set(name, {});
    this.wanted.push(name);
    return { $ref: reference };
  }
}

/** A text of at most `length` characters, on one line. */
export function shortened(text: string, length: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}
