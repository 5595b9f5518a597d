import { stemmer } from 'stemmer';

const MAX_REMEMBERED = 50_000;
const PLAIN = /^[a-z]+$/;
/** British and American spelling have one stem. */
const BRITISH = /is(?=(?:e|es|ed|ing|er|ers|ation|ations)$)/;

/** Forms that no rule leads back. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bought: 'buy',
    children: 'child',
    found: 'find',
    gave: 'give',
    given: 'give',
    indices: 'index',
    kept: 'keep',
    left: 'leave',
    lost: 'lose',
    made: 'make',
    men: 'man',
    paid: 'pay',
    people: 'person',
    sent: 'send',
    sold: 'sell',
    spent: 'spend',
    taken: 'take',
    women: 'woman',
    written: 'write',
  }),
);

const remembered = new Map<string, string>();

/** The stem of an English word in lower case: `repositories` and `repository` have the same. Others stay as they are. */
export function stemOf(word: string): string {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const stem =
    word.length > 2 && PLAIN.test(word)
      ? stemmer((IRREGULAR.get(word) ?? word).replace(BRITISH, 'iz'))
      : word;
  if (remembered.size === MAX_REMEMBERED) remembered.clear();
  remembered.set(word, stem);
  return stem;
}
