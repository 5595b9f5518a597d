import {
  getMetadataStorage,
  type MetadataStorage,
  type ValidationArguments,
  ValidationTypes,
} from 'class-validator';

type Metadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

/** What speaks for one property: `false` as soon as class-validator would have to be asked. */
interface PropertyCheck {
  readonly property: string;
  readonly accepts: (instance: object, value: unknown) => boolean;
}

const checksByClass = new Map<unknown, ReadonlyMap<string, PropertyCheck> | undefined>();

/**
 * Whether class-validator would find nothing wrong with an instance and leave it as it is. It gathers the rules of a
 * class anew for every instance, which is most of the work with a batch of thousands; here they are gathered once.
 *
 * `false` says nothing: class-validator is to be asked, and has the words for what is wrong.
 */
export function isQuicklyAccepted(instance: object): boolean {
  if (!checksByClass.has(instance.constructor)) {
    checksByClass.set(instance.constructor, checksOf(instance.constructor));
  }
  const checks = checksByClass.get(instance.constructor);
  if (checks === undefined) return false;
  for (const property in instance) if (!checks.has(property)) return false;
  for (const { property, accepts } of checks.values()) {
    if (!accepts(instance, (instance as Record<string, unknown>)[property])) return false;
  }
  return true;
}

/** `undefined` when the class has rules of kinds that are not run here: nested objects, groups, lists value by value. */
function checksOf(type: object): ReadonlyMap<string, PropertyCheck> | undefined {
  const storage = getMetadataStorage();
  const all = storage.getTargetValidationMetadatas(type as new () => object, '', false, false);
  if (all.length === 0 || !all.every(isPlain)) return undefined;
  return new Map(
    Object.entries(storage.groupByPropertyName(all)).map(([property, metadatas]) => [
      property,
      { property, accepts: accepting(metadatas) },
    ]),
  );
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

function accepting(metadatas: readonly Metadata[]): PropertyCheck['accepts'] {
  const conditions = metadatas
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ constraints }) => constraints[0] as PropertyCheck['accepts']);
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
