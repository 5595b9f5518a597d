import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions, type OpenAPIObject } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isExactNumber, parseExactJson } from '../json/exact-json.js';
import { jsonOf } from '../json/json-pieces.js';
import { JsonFault } from '../json/json-reader.js';
import { JsonText } from '../json/json-text.js';
import { storedJson } from '../json/stored-json.js';
import { Converted, instanceFrom } from './field-conversion.js';
import { parseTime, TIME_RULE } from './rfc3339.js';
import { isStorableText } from './storable-text.js';

/**
 * Whether a field may be left out. `optional` also takes `null`, which then means the same as leaving it out
 * or, where the route says so, clears the value; `optional-not-null` refuses `null`.
 */
type Presence = 'required' | 'optional' | 'optional-not-null';

interface FieldOptions {
  readonly description: string;
  readonly example?: unknown;
  readonly presence?: Presence;
}

type OpenApiSchema = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

/** The part of an OpenAPI schema a field's rule contributes. */
type Schema = Pick<
  OpenApiSchema,
  | 'type'
  | 'anyOf'
  | 'format'
  | 'pattern'
  | 'enum'
  | 'default'
  | 'minLength'
  | 'maxLength'
  | 'minimum'
  | 'maximum'
  | 'items'
  | 'minItems'
  | 'maxItems'
>;

interface Rule {
  readonly name: string;
  /** The allowed values, as the end of a sentence: "must be …". */
  readonly says: string | ((value: unknown) => string);
  readonly accepts: (value: unknown) => boolean;
}

export interface TextFieldOptions extends FieldOptions {
  /** In UTF-16 code units. */
  readonly minLength?: number;
  readonly maxLength: number;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly default?: string;
  /** Takes an empty text for `null`: existing clients send it where they have nothing to say. */
  readonly emptyIsNull?: boolean;
  /** Puts right what clients are known to send. */
  readonly corrected?: (text: string) => string;
  /** A rule beyond length and pattern, and how to say it. */
  readonly test?: (text: string) => boolean;
  readonly message?: string;
}

/** A string; see {@link isStorableText}. */
export function TextField(options: TextFieldOptions): PropertyDecorator {
  const { minLength = 1, maxLength, pattern, test = () => true } = options;
  const length = minLength === 0 ? `at most ${maxLength}` : `${minLength} to ${maxLength}`;
  return field(
    options,
    {
      type: 'string',
      minLength,
      maxLength,
      pattern: pattern?.source,
      format: options.format,
      default: options.default,
    },
    {
      name: 'text',
      says: `must be a string of ${length} characters${options.message === undefined ? '' : `: ${options.message}`}`,
      accepts: (value) =>
        typeof value === 'string' &&
        value.length >= minLength &&
        value.length <= maxLength &&
        isStorableText(value) &&
        (pattern?.test(value) ?? true) &&
        test(value),
    },
    (value) => {
      if (options.emptyIsNull && value === '') return null;
      return typeof value === 'string' && options.corrected !== undefined ? options.corrected(value) : value;
    },
  );
}

/** One of a few words. With `anyCase` the input is folded to the case of these words first. */
export function ChoiceField(
  options: FieldOptions & { readonly of: readonly string[]; readonly anyCase?: boolean },
): PropertyDecorator {
  return field(
    options,
    { type: 'string', enum: [...options.of] },
    {
      name: 'choice',
      says: `must be one of ${options.of.join(', ')}`,
      accepts: (value) => typeof value === 'string' && options.of.includes(value),
    },
    (value) =>
      options.anyCase && typeof value === 'string'
        ? (options.of.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value)
        : value,
  );
}

/** true or false, in a body or (as the words) in a query. */
export function FlagField(options: FieldOptions & { readonly default?: boolean }): PropertyDecorator {
  return field(
    options,
    { type: 'boolean', default: options.default },
    { name: 'flag', says: 'must be true or false', accepts: (value) => typeof value === 'boolean' },
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
  );
}

/** A whole number, in a body or (as digits) in a query. */
export function IntegerField(
  options: FieldOptions & { readonly min: number; readonly max: number; readonly default?: number },
): PropertyDecorator {
  const { min, max } = options;
  return field(
    options,
    { type: 'integer', minimum: min, maximum: max, default: options.default },
    {
      name: 'integer',
      says: `must be a whole number from ${min} to ${max}`,
      accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    },
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
  );
}

/** A point in time, given to the class as a Date; see {@link parseTime}. */
export function TimeField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    { type: 'string', format: 'date-time' },
    { name: 'time', says: TIME_RULE, accepts: (value) => value instanceof Date },
    (value) => (typeof value === 'string' ? (parseTime(value) ?? value) : value),
  );
}

/**
 * A JSON Schema or other JSON, given to the class as {@link JsonText}: an object or a string. A string that holds
 * JSON counts as that JSON; see {@link storedJson}.
 */
export function JsonField(
  options: FieldOptions & {
    /** A rule for the value, and how to say it: "must be …". */
    readonly test?: (value: unknown) => boolean;
    readonly message?: string;
  },
): PropertyDecorator {
  const { test, message = 'an object or a string' } = options;
  return field(
    options,
    { anyOf: [{ type: 'object' }, { type: 'string' }] },
    {
      name: 'json',
      says: (value) => (value instanceof JsonFault ? `is JSON whose ${value.message}` : `must be ${message}`),
      accepts: (value) =>
        value instanceof JsonText && (test === undefined || test(parseExactJson(value.text))),
    },
    asJsonText,
  );
}

/** A list of texts without repetition, given to the class as {@link JsonText}; an empty one is `null`. */
export function TextListField(
  options: FieldOptions & { readonly maxItems: number; readonly maxLength: number },
): PropertyDecorator {
  const { maxItems, maxLength } = options;
  return field(
    options,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength }, maxItems },
    {
      name: 'texts',
      says: `must be a list of at most ${maxItems} strings of 1 to ${maxLength} characters`,
      accepts: (value) => value instanceof JsonText,
    },
    (value) => {
      const list = value instanceof JsonText ? parseExactJson(value.text) : value;
      if (
        !Array.isArray(list) ||
        list.length > maxItems ||
        !list.every((item) => isShortText(item, maxLength))
      )
        return list;
      return list.length === 0 ? null : new JsonText(JSON.stringify([...new Set(list)]));
    },
  );
}

/** A list of at least one name, without repetition. */
export function NamesField(
  options: FieldOptions & { readonly maxItems: number; readonly maxLength: number },
): PropertyDecorator {
  const { maxItems, maxLength } = options;
  return field(
    options,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength }, minItems: 1, maxItems },
    {
      name: 'names',
      says: `must be a list of 1 to ${maxItems} strings of 1 to ${maxLength} characters`,
      accepts: (value) =>
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= maxItems &&
        value.every((item) => isShortText(item, maxLength)),
    },
    (value) => (Array.isArray(value) ? [...new Set(value as unknown[])] : value),
  );
}

function isShortText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength && isStorableText(value);
}

function asJsonText(value: unknown): unknown {
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
  if (value instanceof JsonText || (typeof value !== 'string' && !isObject)) return value;
  try {
    return storedJson(typeof value === 'string' ? value : jsonOf(value));
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
}

/** A list of objects of one class, each validated by its own rules. */
export function ObjectsField(
  type: Type<object>,
  options: FieldOptions & { readonly minItems?: number; readonly maxItems: number },
): PropertyDecorator {
  const { minItems = 0, maxItems, presence = 'required' } = options;
  return applyDecorators(
    ApiProperty({ ...documented(options), type: [type], minItems, maxItems } as ApiPropertyOptions),
    conditional(presence),
    IsArray({ message: 'must be a list' }),
    ArrayMinSize(minItems, { message: `must have at least ${minItems} items` }),
    ArrayMaxSize(maxItems, { message: `must have at most ${maxItems} items` }),
    IsObject({ each: true, message: 'must hold objects only' }),
    ValidateNested({ each: true }),
    Converted((value) => (Array.isArray(value) ? value.map((item) => nested(type, item)) : value)),
  );
}

/** An object of one class, validated by its own rules. */
export function ObjectField(type: Type<object>, options: FieldOptions): PropertyDecorator {
  const { presence = 'required' } = options;
  return applyDecorators(
    ApiProperty({ ...documented(options), type } as ApiPropertyOptions),
    conditional(presence),
    IsObject({ message: 'must be an object' }),
    ValidateNested({ message: 'must be an object' }),
    Converted((value) => nested(type, value)),
  );
}

function nested(type: Type<object>, item: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? instanceFrom(type, item) : item;
}

function field(
  options: FieldOptions,
  schema: Schema,
  rule: Rule,
  conversion?: (value: unknown) => unknown,
): PropertyDecorator {
  const presence = options.presence ?? 'required';
  return applyDecorators(
    ApiProperty({ ...documented(options), ...schema } as ApiPropertyOptions),
    conditional(presence),
    ValidateBy({
      name: rule.name,
      validator: {
        validate: rule.accepts,
        defaultMessage: (given) => (typeof rule.says === 'string' ? rule.says : rule.says(given?.value)),
      },
    }),
    Converted(conversion),
  );
}

function documented({ description, example, presence = 'required' }: FieldOptions): ApiPropertyOptions {
  return { description, example, required: presence === 'required', nullable: presence === 'optional' };
}

function conditional(presence: Presence): PropertyDecorator {
  return ValidateIf(
    (_, value: unknown) =>
      presence === 'required' || (value !== undefined && !(presence === 'optional' && value === null)),
  );
}
