import { stemmer } from 'stemmer';

const MAX_REMEMBERED = 50_000;
const PLAIN = /^[a-z]+$/;
/** British and American spelling have one stem. */
const BRITISH = /is(?=(?:e|es|ed|ing|er|ers|ation|ations)$)/;

const remembered = new Map<string, string>();

/** The stem of an English word in lower case: `repositories` and `repository` have the same. Others stay as they are. */
export function stemOf(word: string): string {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const stem = word.length > 2 && PLAIN.test(word) ? stemmer(word.replace(BRITISH, 'iz')) : word;
  if (remembered.size === MAX_REMEMBERED) remembered.clear();
  remembered.set(word, stem);
  return stem;
}
