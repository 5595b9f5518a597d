import fc from 'fast-check';
import { JsonFault, JsonReader } from '#libs/json/json-reader.js';
import { storedJson } from '#libs/json/stored-json.js';
import { describe, expect, it } from '../../support/jest.js';

const MANY = 1_000_000;

function compact(text: string, maxValues = MANY): string {
  const reader = new JsonReader(text, MANY);
  const result = reader.compact(maxValues);
  reader.end();
  return result;
}

function faultOf(work: () => unknown): { pointer: string; detail: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof JsonFault) return { pointer: error.pointer, detail: error.detail };
    throw error;
  }
  throw new Error('Nothing was found to be wrong');
}

describe('JSON as text', () => {
  it('is what JSON.stringify makes of it, whatever whitespace and escapes it came with', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, '\t'), (value, space) => {
        const plain = JSON.stringify(value);
        expect(compact(JSON.stringify(value, null, space))).toBe(plain);
        const escaped = plain.replace(
          /[^\x20-\x7e]/g,
          (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(compact(escaped)).toBe(plain);
      }),
    );
  });

  it('is taken exactly where JSON.parse takes it', () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom(
          '',
          ',',
          '"',
          '\\',
          '}',
          ']',
          '{',
          '[',
          ':',
          '0',
          '-',
          'e',
          '.',
          ' ',
          '\n',
          'null',
          '\u0001',
        ),
      )
      .map(([text, at, inserted]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + inserted + text.slice(index + (at % 2));
      });
    fc.assert(
      fc.property(damaged, (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => compact(text)).toThrow(SyntaxError);
          return;
        }
        // A digit that was put into an exponent may have made a number that no double holds.
        fc.pre(!/[eE]\+?\d{3}/.test(text));
        expect(JSON.parse(compact(text))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '9223372036854775807',
    '-9223372036854775808',
    '1.50',
    '1e2',
    '-0',
    '0.1234567890123456789',
    '4.9E-324',
    '1e-400',
    '9'.repeat(308),
  ])('keeps the number %s as it was written', (number) => {
    expect(compact(`{ "a" : [ ${number} , ${number} ] }`)).toBe(`{"a":[${number},${number}]}`);
  });

  it.each([
    ['1e400', 'must be a number below 1e308'],
    ['-1e309', 'must be a number below 1e308'],
    [`0.${'1'.repeat(1000)}`, 'must be a number of at most 1000 characters'],
    ['0e99999', 'must be a number with an exponent of at most 4 digits'],
    ['1e-00010000', 'must be a number with an exponent of at most 4 digits'],
  ])('refuses the number %s', (number, detail) => {
    expect(faultOf(() => compact(`{"a":[1,{"b/c":${number}}]}`))).toEqual({ pointer: '#/a/1/b~1c', detail });
  });

  it('has the last of two values of one name', () => {
    expect(compact('{"a":1,"b":{"c":[],"c":2},"a":{"d":9223372036854775807}}')).toBe(
      '{"a":{"d":9223372036854775807},"b":{"c":2}}',
    );
  });

  it('takes property names for data', () => {
    const text = '{"__proto__":{"a":1},"constructor":{"prototype":2},"toJSON":3,"":4}';
    expect(compact(text)).toBe(text);
  });

  it.each([
    ['"a\\u0000b"', '#'],
    ['{"a":["\\ud800"]}', '#/a/0'],
    ['{"a":{"\\udfff":1}}', '#/a'],
  ])('refuses %s, which no database holds', (text, pointer) => {
    expect(faultOf(() => compact(text))).toEqual({ pointer, detail: 'must be valid Unicode without U+0000' });
  });

  it('bounds depth and number of values, of a part as well', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(compact(nested(100))).toBe(nested(100));
    expect(faultOf(() => compact(nested(101)))).toEqual({
      pointer: `#${'/0'.repeat(100)}`,
      detail: 'must not be nested deeper than 100 levels',
    });
    expect(compact('[1,[2]]', 4)).toBe('[1,[2]]');
    const detail = 'must not hold more than 3 values, containers included';
    expect(faultOf(() => compact('[1,[2]]', 3))).toEqual({ pointer: '#', detail });
    const part = (): void => {
      const reader = new JsonReader('{"a":1,"b":[1,2,3]}', MANY);
      reader.object(() => reader.compact(3));
    };
    expect(faultOf(part)).toEqual({ pointer: '#/b', detail });
    const whole = (): void => {
      const reader = new JsonReader('{"a":[1],"b":[1,2,3]}', 6);
      reader.object(() => reader.compact(5));
    };
    expect(faultOf(whole)).toEqual({
      pointer: '#',
      detail: 'must not hold more than 6 values, containers included',
    });
  });
});

describe('a string where JSON is stored', () => {
  it.each([
    ['{"a": 9007199254740993}', '{"a":9007199254740993}'],
    ['[1, 2]', '[1,2]'],
    ['7', '7'],
    ['"text"', '"text"'],
    ['text', '"text"'],
    ['', '""'],
    ['{"a":1', '"{\\"a\\":1"'],
    ['\ufeff{}', '"\ufeff{}"'],
    ['{"a":"\\u0000', '"{\\"a\\":\\"\\\\u0000"'],
  ])('%j is stored as %s', (text, json) => {
    expect(storedJson(text).text).toBe(json);
  });

  it('is refused when it is JSON of more than 100,000 values', () => {
    expect(storedJson(`[${'0,'.repeat(99_998)}0]`).text).toHaveLength(199_999);
    expect(faultOf(() => storedJson(`[${'0,'.repeat(99_999)}0]`))).toEqual({
      pointer: '#',
      detail: 'must not hold more than 100000 values, containers included',
    });
  });
});
