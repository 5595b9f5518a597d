import { stemOf } from '#libs/text-search/stem.js';
import { isStopWord } from '#libs/text-search/stop-words.js';
import { folded, wordsOf } from '#libs/text-search/words.js';
import { actionsOfVerb } from './actions.js';

/** More words than a question has; longer texts are cut. */
const MAX_WORDS = 64;
/** `export, not import, contacts`: what is not wanted, up to the end of the clause. */
const NEGATION = /\b(?:not|without|except|instead of|rather than)\b[^,.;:!?]{0,200}/gi;
const MAX_CHARACTERS = 2_000;

export interface QuestionWord {
  readonly text: string;
  readonly stem: string;
  /** The actions it names as a verb, as bits of `Action`. */
  readonly actions: number;
}

/** One way to ask for an endpoint, taken apart. */
export interface Question {
  readonly text: string;
  /** Each different word once, in the order of the text. */
  readonly words: readonly QuestionWord[];
  /** The actions that its first verb names. */
  readonly actions: number;
}

export function questionOf(whole: string): Question {
  const text = folded(whole.slice(0, MAX_CHARACTERS));
  const words = new Map<string, QuestionWord>();
  let actions = 0;
  for (const { text: word } of wordsOf(text.replace(NEGATION, ' '), MAX_WORDS)) {
    const named = actionsOfVerb(word);
    if (actions === 0) actions = named;
    if (isStopWord(word)) continue;
    const stem = stemOf(word);
    if (!words.has(stem)) words.set(stem, { text: word, stem, actions: named });
  }
  return { text, words: [...words.values()], actions };
}
