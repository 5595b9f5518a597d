/** Text every layer below can hold: well-formed Unicode (no lone surrogates) without U+0000. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
