/** PostgreSQL compares at most 16,383 digits after the point, and doubles hold 17 altogether. */
const MAX_CHARACTERS = 1000;
const EXPONENT = /[eE][+-]?0*(\d*)$/;
const MAX_EXPONENT_DIGITS = 4;

/**
 * What keeps a number of a JSON text from being kept to its last digit: it is beyond what clients read as a double, or
 * longer than the database compares. `undefined` when nothing does.
 */
export function numberFault(digits: string): string | undefined {
  if (digits.length > MAX_CHARACTERS) return `must be a number of at most ${MAX_CHARACTERS} characters`;
  if (!Number.isFinite(Number(digits))) return 'must be a number below 1e308';
  const [, exponent = ''] = EXPONENT.exec(digits) ?? [];
  return exponent.length > MAX_EXPONENT_DIGITS
    ? `must be a number with an exponent of at most ${MAX_EXPONENT_DIGITS} digits`
    : undefined;
}
