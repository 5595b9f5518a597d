import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { nearestKeys } from './application-search.js';
import { BestDocuments } from './best-documents.js';
import { type ExactMatches, exactMatches } from './exact-match.js';
import { fusedScores } from './fused-scores.js';
import { isLikely, matchesOf } from './matches.js';
import { questionOf } from './question.js';
import { QuestionScorer, type QuestionScores } from './question-scores.js';
import { type QuestionTerm, TermResolver } from './question-terms.js';
import { RANKING } from './ranking.js';
import type { Scope } from './scope.js';
import type { SearchHit, SearchRequest, SearchResult } from './search-request.js';

/** The score of an endpoint whose name, operation id or path the question is. */
const EXACT_SCORE = 100;
/** The highest score of the others; those whose path has the question in it have it. */
const HIGHEST_SCORE = 99;
const MAX_SUGGESTIONS = 5;

type Terms = readonly (readonly QuestionTerm[])[];

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
    const ranked: QuestionScores[] = [];
    for (const question of questions) {
      const own = await resolver.termsOf(question);
      terms.push(own);
      ranked.push(await new QuestionScorer(scope, question, own).score());
    }
    const fused = await fusedScores(ranked, questions, scope);
    const exact = await exactMatches(request.phrasings[0] ?? '', scope);
    const documents = await this.best(fused, exact);
    const hits = this.hits(documents, fused.scores, exact, terms);
    const goodMatch = this.isGood(documents[0], fused.scores, exact, terms);
    const end = request.offset + request.limit;
    return {
      hits: hits.slice(request.offset, end),
      goodMatch,
      suggestions: goodMatch ? [] : await this.suggestions(documents, terms),
      hasMore: hits.length > end,
    };
  }

  /** The best documents down to the wanted page, and one more. */
  private async best(fused: QuestionScores, exact: ExactMatches): Promise<readonly number[]> {
    const { scope, request } = this;
    const rank = (document: number): number =>
      exact.whole.has(document) ? 2 : exact.part.has(document) ? 1 : 0;
    const score = (document: number): number => fused.scores[document] ?? 0;
    const best = new BestDocuments(
      request.offset + request.limit + 1,
      (a, b) => rank(b) - rank(a) || score(b) - score(a) || scope.compare(a, b),
    );
    const named = new Set([...exact.whole, ...exact.part]);
    const others = fused.documents.filter((document) => !named.has(document));
    for (const [index, document] of [...named, ...others].entries()) {
      if (index % 1024 === 0) await scope.slices.pause();
      if (request.method === undefined || scope.endpointOf(document).method === request.method) {
        best.offer(document);
      }
    }
    return best.documents;
  }

  private hits(
    documents: readonly number[],
    scores: Float64Array,
    exact: ExactMatches,
    terms: Terms,
  ): SearchHit[] {
    let lowest = EXACT_SCORE;
    return documents.flatMap((document) => {
      const share = exact.part.has(document) ? 1 : (scores[document] ?? 0) / RANKING.ceiling;
      const own = exact.whole.has(document) ? EXACT_SCORE : Math.round(HIGHEST_SCORE * Math.min(1, share));
      // A named endpoint comes first even if its words say less: scores never rise along the list.
      lowest = Math.min(lowest, own);
      const score = lowest;
      const why = matchesOf(this.scope, document, terms.flat()).map(({ term, field }) => ({
        word: term.word.text,
        field,
      }));
      return this.scope.idsOf(document).map(({ id, environmentId }) => ({ id, environmentId, score, why }));
    });
  }

  private isGood(best: number | undefined, scores: Float64Array, exact: ExactMatches, terms: Terms): boolean {
    if (best === undefined) return false;
    if (exact.whole.has(best) || exact.part.has(best)) return true;
    return isLikely(this.scope, best, scores[best] ?? 0, terms);
  }

  /** Applications whose keys are like words of the question, then the names of the best endpoints. */
  private async suggestions(documents: readonly number[], terms: Terms): Promise<string[]> {
    const suggestions = new Set<string>();
    for (const { word } of terms[0] ?? []) {
      for (const key of await nearestKeys(word.text, this.scope)) suggestions.add(key);
    }
    for (const document of documents) suggestions.add(this.scope.endpointOf(document).name);
    return [...suggestions].slice(0, MAX_SUGGESTIONS);
  }
}
