import { parseExactJson } from '#libs/json/exact-json.js';
import { jsonPieces } from '#libs/json/json-pieces.js';
import { JsonText } from '#libs/json/json-text.js';
import { describe, expect, it } from '../../support/jest.js';

const textOf = (value: unknown, mapText?: (text: string) => string): string =>
  [...jsonPieces(value, mapText)].join('');

describe('jsonPieces', () => {
  it.each([
    null,
    true,
    0,
    -1.5e-9,
    '',
    'quote " and \u0000 and \ud800',
    [],
    {},
    [[], {}, [{}], null, undefined, NaN, () => 1],
    { a: undefined, b: Symbol('b'), c: [1, { d: 'ü' }], 'é"': null, __proto__: { inherited: 1 } },
    { at: new Date(0), nested: { at: new Date(1) }, url: new URL('http://a.example/') },
    JSON.parse('{"__proto__": {"constructor": 1}, "1": 2, "0": 1}'),
  ])('writes what JSON.stringify writes: %p', (value) => {
    expect(textOf(value)).toBe(JSON.stringify(value));
  });

  it('writes exact numbers and JSON that is text already as they are', () => {
    const digits = '{"n":9223372036854775807,"m":1.10}';
    expect(textOf({ json: new JsonText(digits), exact: parseExactJson('[9223372036854775807]') })).toBe(
      `{"json":${digits},"exact":[9223372036854775807]}`,
    );
  });

  it('maps strings and names, also of JSON that is text already', () => {
    const upper = (text: string): string => text.toUpperCase();
    expect(textOf({ a: ['b', 1], json: new JsonText('{"c":"d","n":9223372036854775807}') }, upper)).toBe(
      '{"A":["B",1],"JSON":{"C":"D","N":9223372036854775807}}',
    );
  });

  it('writes large and deep values in pieces', () => {
    const large = Array.from({ length: 50_000 }, (_, n) => ({ name: `name ${n}`, n }));
    const pieces = [...jsonPieces(large)];
    expect(pieces.join('')).toBe(JSON.stringify(large));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(20_000);
    const depth = 100_000;
    let deep: unknown = 1;
    for (let level = 0; level < depth; level += 1) deep = [deep];
    expect(textOf(deep)).toBe(`${'['.repeat(depth)}1${']'.repeat(depth)}`);
  });
});
