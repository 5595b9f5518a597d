/** Longer words are cut: they are identifiers of machines, and stemming them would cost more than they tell. */
const MAX_WORD = 40;
/** A text is not read beyond this many characters for each word that is wanted. */
const CHARACTERS_PER_WORD = 32;

/** A run of letters and digits, in which upper case, lower case and digits may alternate. */
const CHUNK = /[\p{L}\p{M}\p{N}]+/gu;
/** The words in a chunk: `APIs`, `HTTP` of `HTTPServer`, `Server`, letters without case, digits. */
const PART = /\p{Lu}{2,}s(?!\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lo}\p{Lm}\p{Lt}]+|\p{N}+/gu;
const MARKS = /\p{M}+/gu;
const BEYOND_ASCII = /[^\0-\x7f]/;
/** Letters that Unicode does not decompose. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'Ae',
  œ: 'oe',
  Œ: 'Oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
};

/**
 * The first `limit` words of a text in lower case, without accents. Identifiers are split where their case changes and
 * between letters and digits, but a digit stays with one or two letters before it: `getV2Orders` is get, v2, orders.
 */
export function wordsOf(text: string, limit: number): string[] {
  const words: string[] = [];
  for (const [run] of folded(text.slice(0, limit * CHARACTERS_PER_WORD)).matchAll(CHUNK)) {
    const first = words.length;
    for (const [part] of run.matchAll(PART)) {
      const previous = words.length > first ? words.at(-1) : undefined;
      if (previous !== undefined && belongTogether(previous, part, words.length - first === 1)) {
        words[words.length - 1] = cut(previous + part.toLowerCase());
      } else if (words.length === limit) {
        return words;
      } else {
        words.push(cut(part.toLowerCase()));
      }
    }
  }
  return words;
}

/** `v2` and `s3` are one word, and so are `OAuth` and `eBay`: a single letter that begins an identifier. */
function belongTogether(previous: string, part: string, isSecond: boolean): boolean {
  if (isDigit(previous)) return false;
  return isDigit(part) ? previous.length <= 2 : isSecond && previous.length === 1;
}

/** The text without accents; ligatures and wide letters become plain ones. */
export function folded(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return text
    .replace(/[ßæÆœŒøØłŁđĐ]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(MARKS, '');
}

function isDigit(part: string): boolean {
  const code = part.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

function cut(word: string): string {
  return word.length > MAX_WORD ? word.slice(0, MAX_WORD) : word;
}
