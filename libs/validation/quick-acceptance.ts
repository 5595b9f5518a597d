import {
  getMetadataStorage,
  type MetadataStorage,
  type ValidationArguments,
  ValidationTypes,
} from 'class-validator';

type Metadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

/** What speaks for one property: `false` as soon as class-validator would have to be asked. */
type PropertyCheck = (instance: object, value: unknown) => boolean;

interface ClassChecks {
  readonly byProperty: ReadonlyMap<string, PropertyCheck>;
  /** Properties that are refused when they are absent; most may be. */
  readonly mandatory: readonly string[];
}

const checksByClass = new Map<unknown, ClassChecks | undefined>();

/**
 * Whether class-validator would accept an instance unchanged. class-validator collects the rules of a class for
 * every instance, which is most of the work of a large batch; here they are collected once.
 *
 * `false` means nothing: class-validator decides then, and words the errors.
 */
export function isQuicklyAccepted(instance: object): boolean {
  if (!checksByClass.has(instance.constructor)) {
    checksByClass.set(instance.constructor, checksOf(instance.constructor));
  }
  const checks = checksByClass.get(instance.constructor);
  if (checks === undefined) return false;
  for (const property in instance) {
    const accepts = checks.byProperty.get(property);
    if (accepts?.(instance, (instance as Record<string, unknown>)[property]) !== true) return false;
  }
  return checks.mandatory.every((property) => property in instance);
}

/** `undefined` when the class has rules of kinds that are not run here: nested objects, groups, lists value by value. */
function checksOf(type: object): ClassChecks | undefined {
  const storage = getMetadataStorage();
  const all = storage.getTargetValidationMetadatas(type as new () => object, '', false, false);
  if (all.length === 0 || !all.every(isPlain)) return undefined;
  const byProperty = new Map(
    Object.entries(storage.groupByPropertyName(all)).map(([property, metadatas]) => [
      property,
      accepting(metadatas),
    ]),
  );
  const empty = Object.create((type as new () => object).prototype as object) as object;
  const mandatory = [...byProperty].filter(([, accepts]) => !accepts(empty, undefined));
  return { byProperty, mandatory: mandatory.map(([property]) => property) };
}

function isPlain({ type, each, groups, validateIf, constraintCls }: Metadata): boolean {
  if (type === ValidationTypes.CONDITIONAL_VALIDATION) return true;
  const isAsync = (): boolean =>
    getMetadataStorage()
      .getTargetValidatorConstraints(constraintCls)
      .some((constraint) => constraint.async);
  // Declared as always there, and missing where a decorator was given other options.
  const isGrouped = ((groups as string[] | undefined) ?? []).length > 0;
  const hasOptions = each || isGrouped || validateIf !== undefined;
  return type === ValidationTypes.CUSTOM_VALIDATION && !hasOptions && !isAsync();
}

function accepting(metadatas: readonly Metadata[]): PropertyCheck {
  const conditions = metadatas
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ constraints }) => constraints[0] as PropertyCheck);
  const rules = metadatas
    .filter(({ type }) => type === ValidationTypes.CUSTOM_VALIDATION)
    .flatMap(({ constraintCls, constraints, propertyName }) =>
      getMetadataStorage()
        .getTargetValidatorConstraints(constraintCls)
        .map(({ instance: validator }) => (instance: object, value: unknown): boolean => {
          const context: ValidationArguments = {
            targetName: instance.constructor.name,
            property: propertyName,
            object: instance,
            value,
            constraints,
          };
          return validator.validate(value, context) === true;
        }),
    );
  return (instance, value) =>
    conditions.some((applies) => !applies(instance, value)) || rules.every((rule) => rule(instance, value));
}
