import type { DocumentList } from './document-list.js';
import type { Question } from './question.js';
import { RANKING, rarity } from './ranking.js';
import type { Scope } from './scope.js';
import type { SearchArrays } from './search-memory.js';

/** The scores of all phrasings as one: they are comparable, because each is a share of its question. */
export class FusedScores {
  /** By document, at first the sum over the phrasings, and when it is {@link finish}ed the score. */
  readonly scores: Float64Array;
  /** The documents whose score is not 0. */
  readonly scored: DocumentList;
  private readonly best: Float64Array;

  /** @param arrays without anything in them */
  constructor(
    private readonly scope: Scope,
    arrays: SearchArrays,
  ) {
    this.scores = arrays.sums;
    this.scored = arrays.found;
    this.best = arrays.best;
  }

  add({ scores, scored }: Pick<FusedScores, 'scores' | 'scored'>): void {
    for (const document of scored.documents) {
      const before = this.scores[document] ?? 0;
      const score = scores[document] ?? 0;
      if (before === 0) this.scored.add(document);
      this.scores[document] = before + score;
      if (score > (this.best[document] ?? 0)) this.best[document] = score;
    }
  }

  /** Makes scores of the sums. Applications that the questions name come before others. */
  finish(questions: readonly Question[]): void {
    const mentions = mentionFactors(questions, this.scope);
    for (const [index, { content, base }] of this.scope.contents.entries()) {
      const mention = mentions[index] ?? 1;
      for (let document = base; document < base + content.endpoints.length; document += 1) {
        const mean = (this.scores[document] ?? 0) / questions.length;
        const best = this.best[document] ?? 0;
        this.scores[document] = mention * (RANKING.bestPhrasing * best + (1 - RANKING.bestPhrasing) * mean);
      }
    }
  }
}

/** What to multiply the scores of each content with. */
function mentionFactors(questions: readonly Question[], scope: Scope): number[] {
  const asked = new Set(questions.flatMap(({ words }) => words.map(({ stem }) => stem)));
  const applications = new Map(
    scope.contents.map(({ content }) => [content.applicationKey, content.applicationWords]),
  );
  const uses = new Map<string, number>();
  for (const words of applications.values()) {
    for (const word of words) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  const mentions = new Map<string, number>();
  let best = 0;
  for (const [key, words] of applications) {
    let all = 0;
    let found = 0;
    for (const word of words) {
      const weight = rarity(uses.get(word) ?? 0, applications.size);
      all += weight;
      if (asked.has(word)) found += weight;
    }
    const mention = all === 0 ? 0 : found / all;
    mentions.set(key, mention);
    best = Math.max(best, mention);
  }
  return scope.contents.map(
    ({ content }) =>
      (1 + RANKING.mention * (mentions.get(content.applicationKey) ?? 0)) / (1 + RANKING.mention * best),
  );
}
