/** Text every layer below can hold: well-formed Unicode (no lone surrogates) without U+0000. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** The text with what no layer below can hold replaced by U+FFFD, at most `length` UTF-16 units long. */
export function storableText(text: string, length = text.length): string {
  return text.slice(0, length).replaceAll('\u0000', '\uFFFD').toWellFormed();
}
