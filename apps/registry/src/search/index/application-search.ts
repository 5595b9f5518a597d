import { editDistance } from '#libs/text-search/edit-distance.js';
import { stemOf } from '#libs/text-search/stem.js';
import { folded, wordsOf } from '#libs/text-search/words.js';
import type { Scope } from './scope.js';

/** An application that a text may mean. */
export interface ApplicationHit {
  readonly applicationKey: string;
  /** From 0 to 100; 100 is its key or name. */
  readonly score: number;
}

const MAX_WORDS = 16;
const MAX_KEY_LENGTH = 100;
const MAX_NEAREST = 5;
/** Shorter words have too many neighbours. */
const MIN_TYPO_LENGTH = 4;
const MIN_PREFIX_LENGTH = 2;
const LEAST_SCORE = 25;

/** How well a word of the text is answered. */
const WORTH = { same: 1, prefix: 0.8, typo: 0.7, described: 0.4 };

/** Applications of the scope by key, name and description, best first. */
export async function applicationsByText(
  text: string,
  scope: Scope,
  limit: number,
): Promise<ApplicationHit[]> {
  const whole = folded(text.slice(0, MAX_KEY_LENGTH)).trim().toLowerCase();
  const words = wordsOf(text, MAX_WORDS);
  const hits: ApplicationHit[] = [];
  if (words.length === 0) return hits;
  for (const { content } of applicationsOf(scope)) {
    await scope.slices.pause();
    const { applicationKey, applicationName, applicationDescription } = content;
    const isNamed = [applicationKey, applicationName].some((name) => folded(name).toLowerCase() === whole);
    const names = wordsOf(`${applicationKey} ${applicationName}`, 2 * MAX_WORDS);
    const described = new Set(wordsOf(applicationDescription ?? '', 200).map(stemOf));
    const found = words.reduce((sum, word) => sum + worthOf(word, names, described), 0) / words.length;
    const score = isNamed ? 100 : Math.round(99 * found);
    if (score >= LEAST_SCORE) hits.push({ applicationKey, score });
  }
  return hits
    .sort((a, b) => b.score - a.score || (a.applicationKey < b.applicationKey ? -1 : 1))
    .slice(0, limit);
}

/** Keys of applications that a misspelt key may mean, the nearest first. */
export async function nearestKeys(misspelt: string, scope: Scope): Promise<string[]> {
  const wanted = folded(misspelt.slice(0, MAX_KEY_LENGTH)).trim().toLowerCase();
  if (wanted === '') return [];
  const max = Math.max(1, Math.floor(wanted.length / 3));
  const near: { readonly key: string; readonly distance: number }[] = [];
  for (const { content } of applicationsOf(scope)) {
    await scope.slices.pause();
    const key = content.applicationKey.slice(0, MAX_KEY_LENGTH).toLowerCase();
    const distance = isInside(wanted, key) ? 1 : editDistance(wanted, key, max);
    if (distance <= max) near.push({ key: content.applicationKey, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : 1))
    .slice(0, MAX_NEAREST)
    .map(({ key }) => key);
}

/** One content of each application; which of them makes no difference. */
function applicationsOf(scope: Scope): Iterable<Scope['contents'][number]> {
  return new Map(scope.contents.map((visible) => [visible.content.applicationKey, visible])).values();
}

function worthOf(word: string, names: readonly string[], described: ReadonlySet<string>): number {
  const stem = stemOf(word);
  let worth = described.has(stem) ? WORTH.described : 0;
  for (const name of names) {
    if (name === word || stemOf(name) === stem) return WORTH.same;
    if (word.length >= MIN_PREFIX_LENGTH && name.startsWith(word)) worth = Math.max(worth, WORTH.prefix);
    else if (word.length >= MIN_TYPO_LENGTH && editDistance(word, name, 1) <= 1) {
      worth = Math.max(worth, WORTH.typo);
    }
  }
  return worth;
}

/** One contains the other, as `orders` is in `orders-service`. */
function isInside(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= MIN_TYPO_LENGTH && long.includes(short);
}
