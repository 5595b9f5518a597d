import type { Question } from './question.js';
import type { QuestionScores } from './question-scores.js';
import { RANKING, rarity } from './ranking.js';
import type { Scope } from './scope.js';

/**
 * The scores of all phrasings as one: they are comparable, because each is a share of its question. Applications that the
 * questions name come before others.
 */
export async function fusedScores(
  all: readonly QuestionScores[],
  questions: readonly Question[],
  scope: Scope,
): Promise<QuestionScores> {
  const scores = new Float64Array(scope.size);
  const documents: number[] = [];
  const best = new Float64Array(scope.size);
  for (const { scores: own, documents: found } of all) {
    for (const document of found) {
      const before = scores[document] ?? 0;
      const score = own[document] ?? 0;
      if (before === 0) documents.push(document);
      scores[document] = before + score / all.length;
      if (score > (best[document] ?? 0)) best[document] = score;
    }
  }
  await scope.slices.pause();
  const mentions = mentionFactors(questions, scope);
  for (const [index, { content, base }] of scope.contents.entries()) {
    const mention = mentions[index] ?? 1;
    for (let document = base; document < base + content.endpoints.length; document += 1) {
      const mean = scores[document] ?? 0;
      scores[document] =
        mention * (RANKING.bestPhrasing * (best[document] ?? 0) + (1 - RANKING.bestPhrasing) * mean);
    }
  }
  return { scores, documents };
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
  for (const [key, words] of applications) {
    let all = 0;
    let found = 0;
    for (const word of words) {
      const weight = rarity(uses.get(word) ?? 0, applications.size);
      all += weight;
      if (asked.has(word)) found += weight;
    }
    mentions.set(key, all === 0 ? 0 : found / all);
  }
  const best = Math.max(0, ...mentions.values());
  return scope.contents.map(
    ({ content }) =>
      (1 + RANKING.mention * (mentions.get(content.applicationKey) ?? 0)) / (1 + RANKING.mention * best),
  );
}
