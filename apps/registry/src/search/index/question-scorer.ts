import { frequencyIn } from './content.js';
import type { DocumentList } from './document-list.js';
import { FIELDS } from './fields.js';
import type { Question } from './question.js';
import type { QuestionTerm } from './question-terms.js';
import { RANKING, saturated } from './ranking.js';
import type { Scope } from './scope.js';
import type { SearchArrays } from './search-memory.js';

const NAME = FIELDS.indexOf('name');
const RESOURCE = FIELDS.indexOf('resource');
const PATH = FIELDS.indexOf('path');

/** Ranks the documents of a scope for one phrasing after another. */
export class QuestionScorer {
  /** By document, for the present phrasing: about 1 for one that has every word of the question in its name. */
  readonly scores: Float64Array;
  /** The documents whose score is not 0. */
  readonly scored: DocumentList;
  /** How many words of the question are in the name, the resource and the path. */
  private readonly inName: Uint8Array;
  private readonly inResource: Uint8Array;
  private readonly inPath: Uint8Array;
  /** Of the present word the strength, the fields and the documents. */
  private readonly strengths: Float32Array;
  private readonly fields: Uint32Array;
  private readonly touched: DocumentList;

  /** @param arrays without anything in them */
  constructor(
    private readonly scope: Scope,
    arrays: SearchArrays,
  ) {
    this.scores = arrays.scores;
    this.scored = arrays.scored;
    this.inName = arrays.inName;
    this.inResource = arrays.inResource;
    this.inPath = arrays.inPath;
    this.strengths = arrays.strengths;
    this.fields = arrays.fields;
    this.touched = arrays.touched;
  }

  /** Puts the scores for a phrasing in the place of those for the one before. */
  async score(question: Question, terms: readonly QuestionTerm[]): Promise<void> {
    for (const counts of [this.scores, this.inName, this.inResource, this.inPath]) counts.fill(0);
    this.scored.clear();
    const whole = terms.reduce((sum, { weight }) => sum + weight, 0);
    const isVerb = ({ actions }: QuestionTerm): boolean => actions !== 0;
    // Verbs last: what an endpoint does counts only for those that have to do with the question.
    for (const term of [...terms.filter((term) => !isVerb(term)), ...terms.filter(isVerb)]) {
      await this.collect(term);
      if (isVerb(term)) await this.collectActions(term.actions);
      this.add(term.weight / whole);
    }
    await this.applyFactors(question.actions || (terms[0]?.actions ?? 0), question.method);
  }

  private async collect({ alternatives }: QuestionTerm): Promise<void> {
    const { strengths, fields } = this;
    for (const { number, likeness } of alternatives) {
      await this.scope.forEachPosting(number, (document, strength, frequencies) => {
        const before = strengths[document] ?? 0;
        if (before === 0) this.touched.add(document);
        strengths[document] = Math.max(before, likeness * strength);
        fields[document] = (fields[document] ?? 0) | frequencies;
      });
    }
  }

  private async collectActions(actions: number): Promise<void> {
    await this.scope.forEachScored(this.scores, (document, content, endpoint) => {
      if (((content.actions[endpoint] ?? 0) & actions) === 0) return;
      const before = this.strengths[document] ?? 0;
      if (before === 0) this.touched.add(document);
      this.strengths[document] = Math.max(before, RANKING.actionStrength);
    });
  }

  /** Adds the strengths of the present word to the scores, and makes room for the next one. */
  private add(weight: number): void {
    for (const document of this.touched.documents) {
      const before = this.scores[document] ?? 0;
      if (before === 0) this.scored.add(document);
      this.scores[document] = before + weight * saturated(this.strengths[document] ?? 0);
      const fields = this.fields[document] ?? 0;
      if (frequencyIn(NAME, fields) > 0) increment(this.inName, document);
      if (frequencyIn(RESOURCE, fields) > 0) increment(this.inResource, document);
      if (frequencyIn(PATH, fields) > 0) increment(this.inPath, document);
      this.strengths[document] = 0;
      this.fields[document] = 0;
    }
    this.touched.clear();
  }

  private async applyFactors(actions: number, method: string | undefined): Promise<void> {
    await this.scope.forEachScored(this.scores, (document, content, endpoint) => {
      const at = endpoint * FIELDS.length;
      const inResource = this.inResource[document] ?? 0;
      const resource = content.lengths[at + RESOURCE] ?? 0;
      const path = content.lengths[at + PATH] ?? 0;
      let factor =
        1 +
        RANKING.nameCover * share(this.inName[document] ?? 0, content.lengths[at + NAME] ?? 0) +
        RANKING.resourceCover * share(inResource, resource) +
        RANKING.pathCover * share(inResource + (this.inPath[document] ?? 0), resource + path);
      if (actions !== 0 && ((content.actions[endpoint] ?? 0) & actions) === 0) {
        factor *= 1 - RANKING.otherAction;
      }
      if (method !== undefined && content.endpoints[endpoint]?.method !== method) {
        factor *= 1 - RANKING.otherMethod;
      }
      if (content.isDeprecated[endpoint] === 1) factor *= 1 - RANKING.deprecated;
      this.scores[document] = (this.scores[document] ?? 0) * factor;
    });
  }
}

function increment(counts: Uint8Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function share(found: number, all: number): number {
  return all === 0 ? 0 : Math.min(1, found / all);
}
