import type { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import { keyOf } from './corpus-environments.js';
import type { JudgedQuestion } from './data-files.js';

const DEPTH = 10;

/** What came back for one question. */
export interface Answer {
  readonly question: JudgedQuestion;
  readonly found: readonly string[];
  readonly goodMatch: boolean;
}

/** Means over questions: all but the last over those that have an answer. */
export interface Quality {
  /** Gains of 2^grade - 1, divided by log2(rank + 1), against the best order of all that was judged. */
  readonly ndcg: number;
  /** Of the operations of grade 2 or 3 the share among the first ten. */
  readonly recall: number;
  /** 1 divided by the rank of the first operation of grade 2 or 3. */
  readonly reciprocalRank: number;
  /** The share without any hit. */
  readonly empty: number;
  /** The share that is said to have no good match although it has an answer. */
  readonly falseRefusals: number;
  /** The share of which the same is said although an operation of grade 2 or 3 is among the first ten. */
  readonly refusedHits: number;
  /** Of the questions without an answer, the share that is said to have a good match. */
  readonly falseAnswers: number;
}

/** Asks every question: its text alone, or with the other phrasings. */
export async function answers(
  index: EndpointIndex,
  questions: readonly JudgedQuestion[],
  withPhrasings: boolean,
): Promise<Answer[]> {
  const all: Answer[] = [];
  for (const question of questions) {
    const phrasings = withPhrasings ? [question.query, ...question.alsoTry] : [question.query];
    const { hits, goodMatch } = await index.search({
      phrasings,
      isVisible: () => true,
      limit: DEPTH,
      offset: 0,
    });
    all.push({ question, found: hits.map(({ id }) => id), goodMatch });
  }
  return all;
}

/**
 * Asks the questions that no application is named in while those with an answer are hidden: questions without an answer
 * whose words are those of the corpus.
 */
export async function hidden(index: EndpointIndex, questions: readonly JudgedQuestion[]): Promise<Answer[]> {
  const all: Answer[] = [];
  for (const question of questions) {
    const answering = new Set(question.relevant.map(({ application }) => application));
    if (answering.size === 0 || question.kind === 'exact' || question.kind === 'application') continue;
    const { hits, goodMatch } = await index.search({
      phrasings: [question.query],
      isVisible: ({ applicationKey }) => !answering.has(applicationKey),
      limit: DEPTH,
      offset: 0,
    });
    all.push({ question: { ...question, relevant: [] }, found: hits.map(({ id }) => id), goodMatch });
  }
  return all;
}

export function qualityOf(all: readonly Answer[]): Quality {
  const answerable = all.filter(({ question }) => question.relevant.length > 0);
  const others = all.filter(({ question }) => question.relevant.length === 0);
  return {
    ndcg: mean(answerable.map(ndcg)),
    recall: mean(answerable.map(recall)),
    reciprocalRank: mean(answerable.map(reciprocalRank)),
    empty: mean(answerable.map(({ found }) => Number(found.length === 0))),
    falseRefusals: mean(answerable.map(({ goodMatch }) => Number(!goodMatch))),
    refusedHits: mean(answerable.map((answer) => Number(!answer.goodMatch && reciprocalRank(answer) > 0))),
    falseAnswers: mean(others.map(({ goodMatch }) => Number(goodMatch))),
  };
}

function ndcg({ question, found }: Answer): number {
  const grades = gradesOf(question);
  const best = [...grades.values()].sort((a, b) => b - a).slice(0, DEPTH);
  return gain(found.slice(0, DEPTH).map((key) => grades.get(key) ?? 0)) / gain(best);
}

function recall({ question, found }: Answer): number {
  const good = goodOf(question);
  return found.slice(0, DEPTH).filter((key) => good.has(key)).length / good.size;
}

function reciprocalRank({ question, found }: Answer): number {
  const good = goodOf(question);
  const first = found.slice(0, DEPTH).findIndex((key) => good.has(key));
  return first < 0 ? 0 : 1 / (first + 1);
}

function goodOf(question: JudgedQuestion): ReadonlySet<string> {
  return new Set(question.relevant.filter(({ grade }) => grade >= 2).map(keyOf));
}

function gradesOf(question: JudgedQuestion): ReadonlyMap<string, number> {
  return new Map(question.relevant.map((judged) => [keyOf(judged), judged.grade]));
}

function gain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
