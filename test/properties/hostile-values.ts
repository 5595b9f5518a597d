import fc from 'fast-check';
import type { JsonSchema, OpenApiDocument } from '../support/openapi-operations.js';
import { resolved } from '../support/openapi-operations.js';

/**
 * JSON that no JavaScript value stands for, under a name that is put in its place once the body is text:
 * nesting that would exhaust a program that builds it from values, numbers beyond a double, names an object literal
 * takes for itself.
 */
const RAW_JSON: Readonly<Record<string, string>> = {
  'raw:arrays-99': nested('[', '0', ']', 99),
  'raw:arrays-101': nested('[', '0', ']', 101),
  'raw:arrays-5000': nested('[', '0', ']', 5000),
  'raw:objects-98': nested('{"a":', '0', '}', 98),
  'raw:objects-3000': nested('{"properties":', '{}', '}', 3000),
  'raw:proto-3000': nested('{"constructor":', '{}', '}', 3000),
  'raw:1e400': '1e400',
  'raw:-1e400': '-1e400',
  'raw:1e-400': '1e-400',
  'raw:integer': '123456789012345678901234567890',
  'raw:-0': '-0',
  'raw:proto': '{"__proto__":{"isAdmin":true}}',
  'raw:twice': '{"a":1,"a":{"b":2}}',
  'raw:surrogate-name': '{"\\ud800":1}',
  'raw:nul-name': '{"\\u0000":1}',
};

function nested(open: string, innermost: string, close: string, levels: number): string {
  return open.repeat(levels) + innermost + close.repeat(levels);
}

/** The JSON text of a value in which {@link RAW_JSON} is meant literally. */
export function rawJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/"(raw:[^"]+)"/g, (text, name: string) => RAW_JSON[name] ?? text)
    .replaceAll('"@proto"', '"__proto__"');
}

/** Text that breaks some programs. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '',
        ' ',
        '\t',
        '\r\n',
        '\u0000',
        'a\u0000b',
        '\ud800',
        '\udfff\ud800',
        '\ufeff',
        '\uffff',
        '\u202e',
      ],
      ...['NaN', 'Infinity', '-Infinity', 'null', 'undefined', 'true', '0', '-1', '1e9', '0x10', '1.5', '٣'],
      ...['99999999999999999999', '-0', '2147483648', '9007199254740993', '-9223372036854775809'],
      ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', '@proto'],
      ...[
        "'",
        '"',
        '\\',
        '\'; DROP TABLE "Application"; --',
        '$1',
        ':appKey',
        '%',
        '%00',
        '%ff',
        '${7*7}',
        '{{7*7}}',
      ],
      ...[
        '../../etc/passwd',
        '/',
        '//',
        '.',
        '..',
        'http://',
        'https://[',
        'http://a b',
        'http://[::1',
        'https://user:pw@host',
      ],
      ...[
        '{"a":1}',
        '[1,2',
        '"text"',
        '{"__proto__":1}',
        '{"a":"\\u0000"}',
        '{"a":"\\ud800"}',
        '1e400',
        nested('[', '', ']', 5000),
      ],
      ...[
        '0000-01-01T00:00:00Z',
        '0000-01-01T00:00:00+23:59',
        '9999-12-31T23:59:59-23:59',
        '2026-02-30T00:00:00Z',
      ],
      ...[
        '2026-11-22T24:00:00Z',
        '2026-11-22T23:59:60Z',
        '2026-11-22T25:61:61+99:99',
        '2026-11-22',
        '+275760-09-13T00:00:00Z',
      ],
      ...['𝕳𝖊𝖑𝖑𝖔', '👩‍👩‍👧‍👦', 'ﷺ'.repeat(40), 'İ', 'ß', 'e\u0301', 'production', 'PRODUCTION', 'orders'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(64, 65, 128, 129, 255, 256, 601, 2049, 20_001).map((n) => 'a'.repeat(n)),
  },
  { weight: 1, arbitrary: fc.constantFrom(32, 127, 255, 600).map((n) => '😀'.repeat(n)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: craftedCursor() },
);

/** Cursors with the right form and positions no list has. */
function craftedCursor(): fc.Arbitrary<string> {
  const time = fc.constantFrom(
    ...['2026-11-22T08:00:00.000Z', '0000-01-01T00:00:00.000Z', '-271821-04-20T00:00:00.000Z'],
    ...['+275760-09-13T00:00:00.000Z', '-004713-01-01T00:00:00.000Z', 'never', ''],
  );
  const id = fc.constantFrom<unknown>('', 'a', '\u0000', '\ud800', 'a'.repeat(200), 7, null, ['x'], {
    toString: 1,
  });
  return fc.tuple(time, id).map((position) => Buffer.from(JSON.stringify(position)).toString('base64url'));
}

/** A value of any JSON type, most of them where they do not belong. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -1, 1, 0.1, 501, 3651, 2 ** 31, 2 ** 53 + 2, -(2 ** 63), 1e308, 5e-324],
      ...[[], {}, [[]], [null], [{}], [[[]], {}], { constructor: { prototype: 1 } }, { toString: null }],
      ...[
        { length: 1e9 },
        { then: 'x' },
        { '@proto': { a: 1 } },
        { $ref: '#' },
        { 'a/b~c%': [{ '': '\u0000' }] },
      ],
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(RAW_JSON)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom<unknown>('a', 1, null, {}), { minLength: 51, maxLength: 60 }),
  },
);

/** Values the schema allows. `known` gives, by property name, values that mean something to the service. */
export function validValue(
  document: OpenApiDocument,
  given: JsonSchema,
  known: Readonly<Record<string, string>>,
): fc.Arbitrary<unknown> {
  const schema = resolved(document, given);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? []].flat();
  const arbitraries = types.map((type): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
      case 'number':
        return fc.integer({ min: schema.minimum, max: schema.maximum });
      case 'string':
        return validText(schema);
      case 'array':
        return fc.array(validValue(document, schema.items ?? {}, known), {
          minLength: schema.minItems,
          maxLength: 4,
        });
      default:
        return schema.properties === undefined
          ? fc.dictionary(fc.string(), fc.jsonValue())
          : validObject(document, schema, known);
    }
  });
  const example = schema.example === undefined ? [] : [fc.constant(schema.example)];
  return fc.oneof(...arbitraries, ...example);
}

/** Objects with all required properties of a schema and some of the others. */
export function validObject(
  document: OpenApiDocument,
  { properties = {}, required = [] }: JsonSchema,
  known: Readonly<Record<string, string>>,
): fc.Arbitrary<Record<string, unknown>> {
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const word = known[name];
      return [name, word === undefined ? validValue(document, schema, known) : fc.constant(word)];
    }),
  );
  return fc.record(model, { requiredKeys: [...required], noNullPrototype: true });
}

function validText({ pattern, format, minLength = 0, maxLength = 1000 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const bounds = ['0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-23:59'];
    const usual = fc
      .date({ min: new Date('2027-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
      .map((time) => time.toISOString());
    return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...bounds) });
  }
  if (pattern !== undefined) {
    return fc
      .stringMatching(new RegExp(pattern))
      .filter((text) => text.length <= maxLength && text.isWellFormed() && !text.includes('\0'));
  }
  return fc.oneof(
    fc
      .string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) })
      .filter((text) => text.length <= maxLength),
    fc.constant('a'.repeat(maxLength)),
  );
}
