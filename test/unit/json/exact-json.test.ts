import fc from 'fast-check';
import { ExactNumber, jsonTextOf, parseExactJson } from '#libs/json/exact-json.js';
import { describe, expect, it } from '../../support/jest.js';

describe('JSON without a changed number', () => {
  it.each([
    '9223372036854775807',
    '-9223372036854775808',
    '18446744073709551615',
    '9007199254740993',
    '9007199254740992.0',
    '0.1234567890123456789',
    '3.141592653589793238462643383279',
    '1e400',
    '1e-400',
  ])('keeps %s', (number) => {
    const value = parseExactJson(`{"a":[${number}]}`);
    expect(value).toEqual({ a: [new ExactNumber(number)] });
    expect(jsonTextOf(value)).toBe(`{"a":[${number}]}`);
  });

  it.each(['0', '-1', '1.5', '0.1', '9007199254740991', '2147483647', '1e21', '1E3', '1.50', '100'])(
    'reads %s as the number that it is',
    (number) => {
      expect(parseExactJson(`[${number}, 9223372036854775807]`)).toEqual([
        number === '1e21' ? new ExactNumber('1e21') : Number(number),
        new ExactNumber('9223372036854775807'),
      ]);
    },
  );

  it('takes property names for data', () => {
    const text = '{"__proto__":{"a":1},"constructor":2,"toJSON":3,"big":9223372036854775807}';
    const value = parseExactJson(text);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toJSON', 'big']);
    expect(jsonTextOf(value)).toBe(text);
  });

  it('has the last of two values of one name', () => {
    expect(parseExactJson('{"a":1,"a":9223372036854775807}')).toEqual({
      a: new ExactNumber('9223372036854775807'),
    });
  });

  it.each(['', '{', '[1,]', '9223372036854775807 1', '{"a":9223372036854775807,}', '01234567890123456789'])(
    'refuses %j, which is no JSON',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it('gives back the text that JSON.stringify wrote, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        expect(jsonTextOf(parseExactJson(text))).toBe(text);
        expect(jsonTextOf(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
