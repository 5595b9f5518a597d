import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { BestDocuments } from './best-documents.js';
import { type ExactMatches, exactMatches } from './exact-match.js';
import { fusedScores, mentionFactors } from './fused-scores.js';
import { matchesOf } from './matches.js';
import { questionOf } from './question.js';
import { QuestionScorer, type QuestionScores } from './question-scores.js';
import { type QuestionTerm, TermResolver } from './question-terms.js';
import { RANKING } from './ranking.js';
import type { SearchHit, SearchRequest, SearchResult } from './search-request.js';
import type { Scope } from './scope.js';

/** The score of an endpoint whose name, operation id or path the question is. */
const EXACT_SCORE = 100;
/** The highest score of others, and of those whose path has the question in it. */
const HIGHEST_SCORE = 99;

/** One search over what a caller sees. */
export class Search {
  constructor(
    private readonly scope: Scope,
    private readonly vocabulary: Vocabulary,
    private readonly request: SearchRequest,
  ) {}

  async result(): Promise<SearchResult> {
    const { scope, request } = this;
    const questions = request.phrasings.map(questionOf);
    const resolver = new TermResolver(scope, this.vocabulary);
    const terms: QuestionTerm[][] = [];
    const scores: QuestionScores[] = [];
    for (const question of questions) {
      const own = await resolver.termsOf(question);
      terms.push(own);
      scores.push(await new QuestionScorer(scope, question, own).score());
    }
    const fused = fusedScores(scores, scope);
    const mentions = mentionFactors(questions, scope);
    for (const [index, { content, base }] of scope.contents.entries()) {
      for (let document = base; document < base + content.endpoints.length; document += 1) {
        fused.scores[document] = (fused.scores[document] ?? 0) * (mentions[index] ?? 1);
      }
    }
    const exact = await exactMatches(request.phrasings[0] ?? '', scope);
    const documents = await this.ranked(fused, exact);
    const hits = this.hits(documents, fused.scores, exact, terms);
    const end = request.offset + request.limit;
    const top = documents[0];
    const good =
      top !== undefined &&
      (exact.whole.has(top) || exact.part.has(top) || this.isGood(top, fused.scores[top] ?? 0, terms));
    return {
      hits: hits.slice(request.offset, end),
      goodMatch: good,
      suggestions: [],
      hasMore: hits.length > end,
    };
  }

  private isGood(_document: number, score: number, _terms: readonly (readonly QuestionTerm[])[]): boolean {
    return score >= RANKING.good;
  }

  private async ranked(fused: QuestionScores, exact: ExactMatches): Promise<number[]> {
    const { scope, request } = this;
    const rank = (document: number): number =>
      exact.whole.has(document) ? 2 : exact.part.has(document) ? 1 : 0;
    const score = (document: number): number => fused.scores[document] ?? 0;
    const best = new BestDocuments(
      request.offset + request.limit + 1,
      (a, b) => rank(b) - rank(a) || score(b) - score(a) || scope.compare(a, b),
    );
    const named = new Set([...exact.whole, ...exact.part]);
    for (const [index, document] of [...named, ...fused.documents].entries()) {
      if (index % 1024 === 0) await scope.slices.pause();
      if (index >= named.size && named.has(document)) continue;
      if (request.method !== undefined && scope.endpointOf(document).method !== request.method) continue;
      best.offer(document);
    }
    return best.documents;
  }

  private hits(
    documents: readonly number[],
    scores: Float64Array,
    exact: ExactMatches,
    terms: readonly (readonly QuestionTerm[])[],
  ): SearchHit[] {
    let highest = EXACT_SCORE;
    return documents.flatMap((document) => {
      const { base, environments } = this.scope.contentOf(document);
      const share = exact.part.has(document) ? 1 : (scores[document] ?? 0) / RANKING.ceiling;
      const score = exact.whole.has(document) ? EXACT_SCORE : Math.round(HIGHEST_SCORE * Math.min(1, share));
      highest = Math.min(highest, score);
      const why = matchesOf(this.scope, document, terms.flat()).map(({ term, field }) => ({
        word: term.word.text,
        field,
      }));
      return environments.map(({ environmentId, ids }) => ({
        id: ids[document - base] ?? '',
        environmentId,
        score: highest,
        why,
      }));
    });
  }
}
