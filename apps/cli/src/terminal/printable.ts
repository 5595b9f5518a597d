/**
 * As one line of text that does nothing to a terminal: others' names may hold control characters, or ones that turn
 * the direction of writing round.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}
