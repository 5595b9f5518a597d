/* eslint-disable language/plain-words -- these are the words of questions */

/** Words of questions that say nothing about what is looked for. Words that name an action (`get`, `set`) are not among them. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about all also am an and any anyone are as at be been being but by can could did do does doing each either else
  every everyone everything for from had has have he her here hers him his how i if in into is it its itself just let
  like ll may me might mine much must my need needs no now of on one only or other others our ours out own please
  shall she should so some somebody someone something such than that the their theirs them then there these they this
  those through to too us ve very via want wants was we were what whats when where whether which while who whom
  whose why will with within would yes you your yours
  der die das den dem des ein eine einen einem einer eines und oder ist sind im in mit fur von zu zum zur auf aus bei
  ich wir sie er es wie was wer wo alle nicht als
  el la los las un una unos unas y o de del al en con por para que es son mi mis su sus se lo
  le les une du des et ou est sont dans avec pour par sur je nous vous il elle mon ma mes ce cette qui`
    .trim()
    .split(/\s+/),
);

/** Whether a word in lower case and without accents says nothing in a question. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}
