/** Separates JSON texts (RFC 7464): no JSON has it unescaped. */
export const RECORD_SEPARATOR = '\u001e';

/** Separates sequences in one text; no JSON has it unescaped either. */
export const GROUP_SEPARATOR = '\u001d';

/** The pairs of a sequence of names and JSON texts, each name followed by its text. */
export function pairsOf(texts: readonly string[]): [name: string, json: string][] {
  return texts.flatMap((name, index) => (index % 2 === 0 ? [[name, texts[index + 1] ?? '{}']] : []));
}

/** The JSON texts that {@link RECORD_SEPARATOR} separates. */
export function separatedTexts(sequence: string): string[] {
  return sequence === '' ? [] : sequence.split(RECORD_SEPARATOR);
}
