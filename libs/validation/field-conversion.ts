import type { Type } from '@nestjs/common';

/** Makes a field's value from what came from outside; values it does not understand pass as they are. */
type Conversion = (value: unknown) => unknown;

const conversions = new WeakMap<object, Map<string, Conversion>>();

/** Makes a property one that {@link instanceFrom} takes over, converted. */
export function Converted(conversion: Conversion = (value) => value): PropertyDecorator {
  return (prototype, property) => {
    const ofClass = conversions.get(prototype) ?? new Map<string, Conversion>();
    conversions.set(prototype, ofClass.set(String(property), conversion));
  };
}

/**
 * An instance of `type` with the {@link Converted} properties of `source` and nothing else. Unlike
 * class-transformer it never looks into values it has no rule for: a JSON Schema may well speak of a property
 * called `constructor`.
 */
export function instanceFrom<T extends object>(type: Type<T>, source: object): T {
  const instance = new type();
  const fields = fieldsOf(type);
  for (const property of Object.keys(source)) {
    const convert = fields.get(property);
    if (convert === undefined) continue;
    (instance as Record<string, unknown>)[property] = convert((source as Record<string, unknown>)[property]);
  }
  return instance;
}

const fieldsByClass = new WeakMap<Type, ReadonlyMap<string, Conversion>>();

function fieldsOf(type: Type): ReadonlyMap<string, Conversion> {
  const fields = fieldsByClass.get(type) ?? gatheredFields(type);
  fieldsByClass.set(type, fields);
  return fields;
}

/** A class's own fields and the inherited ones it does not declare again. */
function gatheredFields(type: Type): ReadonlyMap<string, Conversion> {
  const fields = new Map<string, Conversion>();
  let prototype: unknown = type.prototype;
  while (typeof prototype === 'object' && prototype !== null) {
    for (const [property, conversion] of conversions.get(prototype) ?? []) {
      if (!fields.has(property)) fields.set(property, conversion);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return fields;
}
