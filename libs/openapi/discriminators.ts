import { rewriteObjects, visitObjects } from './document-objects.js';
import { isObject, type JsonObject, listOrEmpty, objectOrEmpty } from './json-object.js';
import { canonical, pointerBelow, valueAt } from './json-reference.js';

const SCHEMAS = ['components', 'schemas'] as const;

/**
 * The description with the value of the discriminator in every branch, which a mapping or the name of a schema gives
 * (OpenAPI 3.1, section 4.8.25): the names are gone once references are written out. A base schema whose subtypes refer
 * to it by `allOf` becomes the choice among them.
 */
export function withDiscriminatorValues(root: JsonObject): JsonObject {
  return holdsDiscriminator(root) ? new Discriminators(root).written() : root;
}

function holdsDiscriminator(root: JsonObject): boolean {
  const found: unknown[] = [];
  visitObjects(root, ({ discriminator }) => {
    if (isObject(discriminator)) found.push(discriminator);
  });
  return found.length > 0;
}

/** A base schema, and under which name its own properties remain. */
interface Base {
  readonly pointer: string;
  readonly propertiesPointer: string;
  readonly propertiesName: string;
  readonly subtypes: readonly string[];
}

class Discriminators {
  private readonly schemas: JsonObject;
  private readonly bases = new Map<string, Base>();
  private readonly supertypes: ReadonlyMap<string, readonly string[]>;

  constructor(private readonly root: JsonObject) {
    this.schemas = objectOrEmpty(objectOrEmpty(root.components).schemas);
    this.supertypes = new Map(
      Object.entries(this.schemas).map(([name, schema]) => [name, supertypesOf(schema)]),
    );
    for (const [name, schema] of Object.entries(this.schemas)) {
      const subtypes = isBase(schema) ? this.subtypesOf(pointerOf(name), schema) : [];
      if (subtypes.length > 0) this.bases.set(pointerOf(name), this.base(name, subtypes));
    }
  }

  written(): JsonObject {
    const properties = [...this.bases.values()].map(({ pointer, propertiesName }): [string, unknown] => {
      const { discriminator: _, ...schema } = objectOrEmpty(valueAt(this.root, pointer));
      return [propertiesName, schema];
    });
    const choices = [...this.bases.values()].map((base): [string, unknown] => [
      nameIn(base.pointer),
      this.choice(base),
    ]);
    const subtypes = Object.entries(this.schemas)
      .filter(([name]) => !this.bases.has(pointerOf(name)))
      .map(([name, schema]): [string, unknown] => [name, this.ofBases(schema)]);
    const root = {
      ...this.root,
      components: {
        ...objectOrEmpty(this.root.components),
        schemas: {
          ...this.schemas,
          ...Object.fromEntries(subtypes),
          ...Object.fromEntries(choices),
          ...Object.fromEntries(properties.map(([name, schema]) => [name, this.ofBases(schema)])),
        },
      },
    };
    return rewriteObjects(root, (schema) => this.withValues(schema)) as JsonObject;
  }

  /** The schema with `allOf` references to base schemas leading to their properties, not to the choice. */
  private ofBases(schema: unknown): unknown {
    if (!isObject(schema) || !Array.isArray(schema.allOf)) return schema;
    return { ...schema, allOf: schema.allOf.map((part: unknown) => this.ofBase(part)) };
  }

  private ofBase(part: unknown): unknown {
    const base = this.bases.get(referenceIn(part) ?? '');
    return base === undefined ? part : { ...objectOrEmpty(part), $ref: base.propertiesPointer };
  }

  private choice({ pointer, propertiesPointer, subtypes }: Base): JsonObject {
    const { discriminator, title, description } = objectOrEmpty(valueAt(this.root, pointer));
    const { propertyName, mapping } = objectOrEmpty(discriminator);
    const own = mappedValues(mapping, pointer);
    const branches = subtypes.map((subtype) => {
      const target = this.bases.get(subtype)?.propertiesPointer ?? subtype;
      return tagged(target, String(propertyName), valuesOf(mapping, subtype));
    });
    return {
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      discriminator: { propertyName },
      oneOf: [...branches, ...(own.length > 0 ? [tagged(propertiesPointer, String(propertyName), own)] : [])],
    };
  }

  /** A schema that chooses among references, with the value of its discriminator in each of them. */
  private withValues(schema: JsonObject): JsonObject {
    const { discriminator } = schema;
    if (!isObject(discriminator) || typeof discriminator.propertyName !== 'string') return schema;
    const { propertyName, mapping, ...extensions } = discriminator;
    const branches = (list: unknown): unknown => {
      if (!Array.isArray(list)) return list;
      return list.map((branch: unknown) => this.branch(branch, propertyName, mapping));
    };
    const { oneOf, anyOf } = schema;
    return {
      ...schema,
      discriminator: { propertyName, ...extensions },
      ...(oneOf !== undefined && { oneOf: branches(oneOf) }),
      ...(anyOf !== undefined && { anyOf: branches(anyOf) }),
    };
  }

  private branch(branch: unknown, propertyName: string, mapping: unknown): unknown {
    const pointer = referenceIn(branch);
    if (pointer === undefined || Object.keys(objectOrEmpty(branch)).length > 1) return branch;
    if (!pointer.startsWith(`${pointerBelow('#', ...SCHEMAS)}/`)) return branch;
    if (this.saysItself(pointer, propertyName)) return branch;
    return tagged(
      this.bases.get(pointer)?.propertiesPointer ?? pointer,
      propertyName,
      valuesOf(mapping, pointer),
    );
  }

  /** Whether a schema gives the value of its discriminator already, as FastAPI writes it. */
  private saysItself(pointer: string, propertyName: string): boolean {
    const { properties } = objectOrEmpty(valueAt(this.root, pointer));
    const property = objectOrEmpty(objectOrEmpty(properties)[propertyName]);
    return property.const !== undefined || listOrEmpty(property.enum).length === 1;
  }

  /** Schemas that a mapping names, schemas that refer to the base by `allOf`, and those that refer to these. */
  private subtypesOf(base: string, schema: unknown): string[] {
    const { mapping } = objectOrEmpty(objectOrEmpty(schema).discriminator);
    const mapped = Object.values(objectOrEmpty(mapping))
      .map((target) => targetPointer(String(target)))
      .filter((pointer) => pointer !== base && valueAt(this.root, pointer) !== undefined);
    const found = new Set<string>(mapped);
    const pending = [base, ...mapped];
    for (const pointer of pending) {
      for (const [name, supertypes] of this.supertypes) {
        const subtype = pointerOf(name);
        if (!supertypes.includes(pointer) || found.has(subtype) || subtype === base) continue;
        found.add(subtype);
        pending.push(subtype);
      }
    }
    return [...found];
  }

  private base(name: string, subtypes: readonly string[]): Base {
    let propertiesName = `${name}Properties`;
    for (let number = 2; Object.hasOwn(this.schemas, propertiesName); number += 1) {
      propertiesName = `${name}Properties${number}`;
    }
    return {
      pointer: pointerOf(name),
      propertiesName,
      propertiesPointer: pointerOf(propertiesName),
      subtypes,
    };
  }
}

function pointerOf(name: string): string {
  return pointerBelow('#', ...SCHEMAS, name);
}

function nameIn(pointer: string): string {
  const last = pointer.slice(pointer.lastIndexOf('/') + 1);
  return decodeURIComponent(last).replaceAll('~1', '/').replaceAll('~0', '~');
}

function isBase(schema: unknown): boolean {
  const { discriminator, oneOf, anyOf } = objectOrEmpty(schema);
  return (
    typeof objectOrEmpty(discriminator).propertyName === 'string' &&
    oneOf === undefined &&
    anyOf === undefined
  );
}

function supertypesOf(schema: unknown): string[] {
  return listOrEmpty(objectOrEmpty(schema).allOf).flatMap((part) => referenceIn(part) ?? []);
}

function referenceIn(value: unknown): string | undefined {
  const { $ref: reference } = objectOrEmpty(value);
  return typeof reference === 'string' && reference.startsWith('#/') ? canonical(reference) : undefined;
}

/** The values that a mapping has for a schema, otherwise its name. */
function valuesOf(mapping: unknown, pointer: string): readonly string[] {
  const mapped = mappedValues(mapping, pointer);
  return mapped.length > 0 ? mapped : [nameIn(pointer)];
}

/** A mapping leads to a schema by its name or by a reference. */
function mappedValues(mapping: unknown, pointer: string): string[] {
  return Object.entries(objectOrEmpty(mapping))
    .filter(([, target]) => typeof target === 'string' && targetPointer(target) === pointer)
    .map(([value]) => value);
}

function targetPointer(target: string): string {
  return target.startsWith('#/') ? canonical(target) : pointerOf(target);
}

function tagged(pointer: string, propertyName: string, values: readonly string[]): JsonObject {
  const value = values.length === 1 ? { const: values[0] } : { enum: values };
  return {
    allOf: [{ $ref: pointer }, { properties: { [propertyName]: value }, required: [propertyName] }],
  };
}
