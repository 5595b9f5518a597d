import { stemOf } from '#libs/text-search/stem.js';
import { isStopWord } from '#libs/text-search/stop-words.js';
import { folded, wordsOf } from '#libs/text-search/words.js';
import { actionsOfVerb } from './actions.js';
import { englishOf } from './translations.js';

/** More words than a question has; longer texts are cut. */
const MAX_WORDS = 64;
/** `export, not import, contacts`: what is not wanted, up to the end of the clause. */
const NEGATION = /\b(?:not|without|except|instead of|rather than)\b[^,.;:!?]{0,200}/gi;
const MAX_CHARACTERS = 2_000;

/** What follows them describes the thing that is asked for. */
const PREPOSITIONS: ReadonlySet<string> = new Set(
  'about above after at before behind below between by during for from in inside into of off on onto out over per through to toward towards under using via with within'.split(
    ' ',
  ),
);
const METHODS = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE)\b/;

export interface QuestionWord {
  readonly text: string;
  readonly stem: string;
  /** The actions it names as a verb, as bits of `Action`. */
  readonly actions: number;
  /** Whether it only describes what is asked for. */
  readonly isDetail: boolean;
}

/** One way to ask for an endpoint, taken apart. */
export interface Question {
  readonly text: string;
  /** Each different word once, in the order of the text. */
  readonly words: readonly QuestionWord[];
  /** The actions that its first verb names. */
  readonly actions: number;
  readonly method: string | undefined;
}

export function questionOf(whole: string): Question {
  const text = folded(whole.slice(0, MAX_CHARACTERS));
  const words = new Map<string, QuestionWord>();
  let actions = 0;
  let detail = false;
  let first = true;
  for (const { text: word } of wordsOf(text.replace(NEGATION, ' '), MAX_WORDS)) {
    const verb = actionsOfVerb(word) || (englishOf(word).map(actionsOfVerb)[0] ?? 0);
    if (actions === 0 && (first || word === 'which')) actions = verb;
    if (PREPOSITIONS.has(word) && words.size > 0) detail = true;
    if (isStopWord(word)) continue;
    const stem = stemOf(word);
    if (!words.has(stem)) words.set(stem, { text: word, stem, actions: first ? verb : 0, isDetail: detail });
    first = false;
  }
  const [method] = METHODS.exec(text) ?? [];
  return { text, words: [...words.values()], actions, method };
}
