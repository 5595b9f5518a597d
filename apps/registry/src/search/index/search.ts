import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { nearestKeys } from './application-search.js';
import { BestDocuments } from './best-documents.js';
import { exactMatches, Exactness } from './exact-match.js';
import { FusedScores } from './fused-scores.js';
import { isLikely, reasonsOf } from './matches.js';
import { questionOf } from './question.js';
import { QuestionScorer } from './question-scorer.js';
import { type QuestionTerm, TermResolver } from './question-terms.js';
import { RANKING } from './ranking.js';
import type { Scope } from './scope.js';
import type { SearchMemory } from './search-memory.js';
import type { SearchRequest, SearchResult } from './search-request.js';

/** The score of an endpoint whose name, operation id or path the question is. */
const EXACT_SCORE = 100;
/** The highest score of the others; those whose path has the question in it have it. */
const HIGHEST_SCORE = 99;
/** More phrasings are not read, and hits further down are not answered. */
const MAX_PHRASINGS = 5;
const MAX_DEPTH = 1_000;
const DOCUMENTS_BETWEEN_PAUSES = 1_024;
const MAX_SUGGESTIONS = 5;
/** Of a question so many words may be the key of an application. */
const MAX_SUGGESTING_WORDS = 8;
const MIN_SUGGESTING_LENGTH = 4;

type Terms = readonly (readonly QuestionTerm[])[];

/** One search over what a caller sees. */
export class Search {
  constructor(
    private readonly scope: Scope,
    private readonly vocabulary: Vocabulary,
    private readonly memory: SearchMemory,
    private readonly request: SearchRequest,
  ) {}

  async result(): Promise<SearchResult> {
    const { scope, request } = this;
    const questions = request.phrasings.slice(0, MAX_PHRASINGS).map(questionOf);
    const resolver = new TermResolver(scope, this.vocabulary);
    const arrays = this.memory.forDocuments(scope.size);
    const scorer = new QuestionScorer(scope, arrays);
    const fused = new FusedScores(scope, arrays);
    const terms: QuestionTerm[][] = [];
    for (const question of questions) {
      const own = await resolver.termsOf(question);
      terms.push(own);
      await scorer.score(question, own);
      fused.add(scorer);
      await scope.slices.pause();
    }
    fused.finish(questions);
    const exact = await exactMatches(request.phrasings[0] ?? '', scope);
    const documents = await this.best(fused, exact);
    const top = documents[0];
    const goodMatch =
      top !== undefined && (exact.has(top) || isLikely(scope, top, fused.scores[top] ?? 0, terms));
    const hits = documents.flatMap((document) =>
      scope.idsOf(document).map((identity) => ({ ...identity, document })),
    );
    const end = request.offset + request.limit;
    const scoreOf = this.displayedScores(documents, fused.scores, exact);
    return {
      hits: hits.slice(request.offset, end).map(({ id, environmentId, document }) => ({
        id,
        environmentId,
        score: scoreOf.get(document) ?? 0,
        why: reasonsOf(scope, document, terms.flat()),
      })),
      goodMatch,
      suggestions: goodMatch ? [] : await this.suggestions(documents, terms),
      hasMore: hits.length > end,
    };
  }

  /** The best documents down to the wanted page, and one more. */
  private async best(fused: FusedScores, exact: ReadonlyMap<number, number>): Promise<readonly number[]> {
    const { scope, request } = this;
    const rank = (document: number): number => exact.get(document) ?? 0;
    const score = (document: number): number => fused.scores[document] ?? 0;
    const best = new BestDocuments(
      Math.min(MAX_DEPTH, request.offset + request.limit + 1),
      (a, b) => rank(b) - rank(a) || score(b) - score(a) || scope.compare(a, b),
    );
    const offer = (document: number): void => {
      if (request.method === undefined || scope.endpointOf(document).method === request.method) {
        best.offer(document);
      }
    };
    for (const document of exact.keys()) offer(document);
    for (const [index, document] of fused.scored.documents.entries()) {
      if (index % DOCUMENTS_BETWEEN_PAUSES === 0) await scope.slices.pause();
      if (score(document) >= RANKING.least && !exact.has(document)) offer(document);
    }
    return best.documents;
  }

  private displayedScores(
    documents: readonly number[],
    scores: Float64Array,
    exact: ReadonlyMap<number, number>,
  ): ReadonlyMap<number, number> {
    const displayed = new Map<number, number>();
    let lowest = EXACT_SCORE;
    for (const document of documents) {
      const share = exact.has(document) ? 1 : Math.min(1, (scores[document] ?? 0) / RANKING.ceiling);
      const own =
        (exact.get(document) ?? 0) >= Exactness.whole ? EXACT_SCORE : Math.round(HIGHEST_SCORE * share);
      // A named endpoint comes first even if its words say less: scores never rise along the list.
      lowest = Math.min(lowest, own);
      displayed.set(document, lowest);
    }
    return displayed;
  }

  /** Applications whose keys are like words of the question, then the names of the best endpoints. */
  private async suggestions(documents: readonly number[], terms: Terms): Promise<string[]> {
    const suggestions = new Set<string>();
    for (const { word } of (terms[0] ?? []).slice(0, MAX_SUGGESTING_WORDS)) {
      if (word.text.length < MIN_SUGGESTING_LENGTH) continue;
      for (const key of await nearestKeys(word.text, this.scope)) suggestions.add(key);
    }
    for (const document of documents) suggestions.add(this.scope.endpointOf(document).name);
    return [...suggestions].slice(0, MAX_SUGGESTIONS);
  }
}
