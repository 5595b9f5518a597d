import type { Field } from './fields.js';
import type { QuestionTerm } from './question-terms.js';
import { saturated } from './ranking.js';
import type { Scope } from './scope.js';

/** A word of a question in a document. */
export interface Match {
  readonly term: QuestionTerm;
  /** The field that says most. */
  readonly field: Field;
  /** How well the document answers the word, from 0 to 1. */
  readonly share: number;
}

/** The words of questions that a document has, each once. */
export function matchesOf(scope: Scope, document: number, terms: readonly QuestionTerm[]): Match[] {
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
