/** Separates JSON texts (RFC 7464): no JSON has it unescaped. */
export const RECORD_SEPARATOR = '\u001e';

/** The JSON texts that {@link RECORD_SEPARATOR} separates. */
export function separatedTexts(sequence: string): string[] {
  return sequence === '' ? [] : sequence.split(RECORD_SEPARATOR);
}
