import { stemOf } from '#libs/text-search/stem.js';
import { isStopWord } from '#libs/text-search/stop-words.js';
import { folded, wordsOf } from '#libs/text-search/words.js';
import { Action, actionsForOne, actionsOfVerb } from './actions.js';
import { spelledOut } from './synonyms.js';
import { englishOf } from './translations.js';

/** Longer texts are cut: questions have fewer characters and words. */
const MAX_CHARACTERS = 2_000;
const MAX_WORDS = 64;
/** So many different words are looked for. */
const MAX_DIFFERENT_WORDS = 32;
/** `export, not import, contacts`: what is not wanted, up to the end of the clause. */
const NEGATION = /\b(?:not|without|except|instead of|rather than)\b[^,.;:!?]{0,200}/gi;
/** What follows them only describes the thing that is asked for. */
const PREPOSITIONS: ReadonlySet<string> = new Set(
  (
    'about above after at before behind below between by during for from in inside into of off on onto out over per ' +
    'through to toward towards under using via with within'
  ).split(' '),
);
const SINGLE: ReadonlySet<string> = new Set(['one', 'single', 'specific', 'particular']);
const METHOD = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE)\b/;

export interface QuestionWord {
  readonly text: string;
  readonly stem: string;
  /** Whether it is the first word that says something: a request begins with its verb. */
  readonly isFirst: boolean;
  /** The actions that it names as the verb, as bits of `Action`. */
  readonly actions: number;
  /** Whether it only describes what is asked for. */
  readonly isDetail: boolean;
}

/** One way to ask for an endpoint, taken apart. */
export interface Question {
  /** Each different word once, in the order of the text. */
  readonly words: readonly QuestionWord[];
  /** The actions that the question asks for, as bits of `Action`; 0 when it does not say. */
  readonly actions: number;
  /** The method that it names in upper case. */
  readonly method: string | undefined;
}

export function questionOf(whole: string): Question {
  const text = folded(whole.slice(0, MAX_CHARACTERS));
  const words = new Map<string, QuestionWord>();
  let actions = 0;
  let isDetail = false;
  for (const word of wordsOf(text.replace(NEGATION, ' '), MAX_WORDS)) {
    const isFirst = words.size === 0;
    const verb = actions === 0 ? verbActions(word, isFirst) : 0;
    actions ||= verb;
    if (SINGLE.has(word)) actions = actionsForOne(actions);
    if (!isFirst && PREPOSITIONS.has(word)) isDetail = true;
    // `create a new order`: it is new anyway.
    const isRedundant = word === 'new' && !isFirst && (actions & Action.create) !== 0;
    if (isStopWord(word) || isRedundant) continue;
    for (const [index, spelled] of [word, ...spelledOut(word)].entries()) {
      const stem = stemOf(spelled);
      if (words.has(stem) || words.size === MAX_DIFFERENT_WORDS) continue;
      words.set(stem, {
        text: word,
        stem,
        isFirst: isFirst && index === 0,
        actions: index === 0 ? verb : 0,
        isDetail,
      });
    }
  }
  return { words: [...words.values()], actions, method: METHOD.exec(text)?.[0] };
}

/** The actions of a verb: it comes first in English requests, and may come last in German ones. */
function verbActions(word: string, isFirst: boolean): number {
  const english = isStopWord(word) ? '' : (englishOf(word)[0] ?? '');
  return actionsOfVerb(english) || (isFirst ? actionsOfVerb(word) : 0);
}
