import { stemOf } from '#libs/text-search/stem.js';
import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { actionsOfMisspeltVerb } from './actions.js';
import type { Question, QuestionWord } from './question.js';
import { RANKING, rarity } from './ranking.js';
import type { Scope } from './scope.js';
import { synonymsOf } from './synonyms.js';
import { englishOf } from './translations.js';

/** A word of the index that answers a word of the question. */
interface Alternative {
  readonly number: number;
  /** From 0 to 1: 1 is the word itself. */
  readonly likeness: number;
}

/** A word of the question, as the index knows it. */
export interface QuestionTerm {
  readonly word: QuestionWord;
  /** How much it says about what is looked for. */
  readonly weight: number;
  readonly alternatives: readonly Alternative[];
  /** The actions that it names as the verb of the question, as bits of `Action`. */
  readonly actions: number;
}

/** In so many words of a request typing errors are looked for: each costs a walk through similar words. */
const MAX_TYPOS = 8;
const MIN_TYPO_LENGTH = 4;
/** Words from this length on may have two errors. */
const TWO_ERRORS_LENGTH = 8;

interface Candidate extends Alternative {
  /** How many documents have it. */
  readonly documents: number;
}

/** Finds the words of the questions of a request in the index. */
export class TermResolver {
  private typos = 0;

  constructor(
    private readonly scope: Scope,
    private readonly vocabulary: Vocabulary,
  ) {}

  async termsOf(question: Question): Promise<QuestionTerm[]> {
    const terms: QuestionTerm[] = [];
    for (const [index, word] of question.words.entries()) {
      const before = question.words[index - 1];
      const after = question.words[index + 1];
      const joined = [before && before.text + word.text, after && word.text + after.text];
      terms.push(await this.termOf(word, joined.filter((text) => text !== undefined).map(stemOf)));
    }
    return terms;
  }

  private async termOf(word: QuestionWord, joined: readonly string[]): Promise<QuestionTerm> {
    const same = await this.candidates([word.stem], 1);
    const others = [
      ...(await this.candidates(synonymsOf(word.stem), RANKING.synonym)),
      ...(await this.candidates(joined, RANKING.joined)),
    ];
    if (same.length === 0) others.push(...(await this.candidates(englishOf(word.text).map(stemOf), 1)));
    if (same.length + others.length === 0) others.push(...(await this.misspelt(word.stem)));
    const actions =
      word.isFirst && word.actions === 0 && same.length === 0
        ? actionsOfMisspeltVerb(word.text)
        : word.actions;
    const documents = (same.length > 0 ? same : others).reduce(
      (sum, candidate) => sum + candidate.documents,
      0,
    );
    return {
      word,
      weight:
        rarity(Math.min(documents, this.scope.size), this.scope.size) *
        (actions === 0 ? 1 : RANKING.verb) *
        (word.isDetail ? RANKING.detail : 1),
      alternatives: [...same, ...others],
      actions,
    };
  }

  private async candidates(stems: Iterable<string>, likeness: number): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    for (const stem of stems) {
      const number = this.vocabulary.numberOf(stem);
      if (number === undefined) continue;
      const documents = await this.scope.frequency(number);
      if (documents > 0) candidates.push({ number, likeness, documents });
    }
    return candidates;
  }

  /** The nearest words that the caller sees. */
  private async misspelt(stem: string): Promise<Candidate[]> {
    if (stem.length < MIN_TYPO_LENGTH || this.typos === MAX_TYPOS) return [];
    this.typos += 1;
    let nearest = stem.length < TWO_ERRORS_LENGTH ? 1 : 2;
    let candidates: Candidate[] = [];
    for (const similar of this.vocabulary.similarTo(stem, nearest)) {
      await this.scope.slices.pause();
      if (similar === undefined || similar.distance > nearest) continue;
      const documents = await this.scope.frequency(similar.number);
      if (documents === 0) continue;
      if (similar.distance < nearest) candidates = [];
      nearest = similar.distance;
      candidates.push({ number: similar.number, likeness: RANKING.typo, documents });
    }
    return candidates;
  }
}
