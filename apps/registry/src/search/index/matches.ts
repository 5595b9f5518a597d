import type { Field } from './fields.js';
import type { QuestionTerm } from './question-terms.js';
import { RANKING, saturated } from './ranking.js';
import type { Scope } from './scope.js';
import type { Reason } from './search-request.js';

/** A word of a question in a document. */
interface Match {
  readonly term: QuestionTerm;
  /** The field that says most. */
  readonly field: Field;
  /** How well the document answers the word, from 0 to 1. */
  readonly share: number;
}

/** Why a document was found: each word once, as it was asked. */
export function reasonsOf(scope: Scope, document: number, terms: readonly QuestionTerm[]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const { term, field } of matchesOf(scope, document, terms)) {
    const word = term.word.text;
    if (!reasons.has(word)) reasons.set(word, { word, field });
  }
  return [...reasons.values()];
}

/** The words of questions that a document has, each once. */
function matchesOf(scope: Scope, document: number, terms: readonly QuestionTerm[]): Match[] {
  const matches = new Map<string, Match>();
  for (const term of terms) {
    for (const { number, likeness } of term.alternatives) {
      const posting = scope.postingOf(document, number);
      if (posting === undefined) continue;
      const share = saturated(likeness * posting.strength);
      if (share > (matches.get(term.word.stem)?.share ?? 0)) {
        matches.set(term.word.stem, { term, field: posting.field, share });
      }
    }
  }
  return [...matches.values()];
}

/**
 * Whether a document is likely to be what was asked for: by its score, and by what it has of the things that the best phrasing
 * names. A verb alone is no sign: many endpoints start something.
 */
export function isLikely(
  scope: Scope,
  document: number,
  score: number,
  phrasings: readonly (readonly QuestionTerm[])[],
): boolean {
  const { scoreShare, least, leastPerPhrasing } = RANKING.likely;
  const support = Math.max(...phrasings.map((terms) => supportOf(scope, document, terms)));
  // The best of several tries is better by chance.
  return scoreShare * score + (1 - scoreShare) * support >= least + leastPerPhrasing * (phrasings.length - 1);
}

/** How much of the things that a phrasing names the document has, from 0 to 1; 0 when it names none. */
function supportOf(scope: Scope, document: number, terms: readonly QuestionTerm[]): number {
  const things = terms.filter(({ actions }) => actions === 0);
  if (things.length === 0) return 0;
  const all = things.reduce((sum, { weight }) => sum + weight, 0);
  const found = matchesOf(scope, document, things);
  return found.reduce((sum, { term, share }) => sum + term.weight * share, 0) / all;
}
