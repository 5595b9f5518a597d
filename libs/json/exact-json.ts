import { isLosslessNumber, isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/**
 * A number of a JSON text that a double cannot hold, such as 9223372036854775807: it keeps its digits.
 * {@link jsonTextOf} writes it as the number it was; `JSON.stringify` does not know it.
 */
export { LosslessNumber as ExactNumber, isLosslessNumber as isExactNumber };

/** What every number that a double might change looks like; that other texts match as well costs only time. */
const MAY_LOSE_DIGITS = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;

/**
 * Parses JSON without changing a number: what a double cannot hold becomes an `ExactNumber`. Of a name that an object
 * has twice the last value counts, as with `JSON.parse`.
 *
 * @throws SyntaxError unless the text is JSON; RangeError when it is nested too deep for the stack
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  return parse(text, undefined, {
    parseNumber: (digits) => (isSafeNumber(digits) ? Number(digits) : new LosslessNumber(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/** The JSON text of a value that {@link parseExactJson} made: every number with the digits it came with. */
export function jsonTextOf(value: unknown, space?: number): string {
  const text = stringify(value, undefined, space);
  if (text === undefined) throw new TypeError('Not a JSON value');
  return text;
}
