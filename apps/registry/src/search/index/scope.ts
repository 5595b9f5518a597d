import type { Slices } from '#libs/event-loop/slices.js';
import { type Content, type ContentEndpoint, frequencyIn, positionOf } from './content.js';
import type { ContentsByTerm } from './contents-by-term.js';
import { type Field, FIELDS, FREQUENCY_BITS, MAX_FREQUENCY } from './fields.js';
import { occurrenceWeights } from './ranking.js';

/** An environment in the index. */
export interface IndexedIds {
  readonly environmentId: string;
  readonly applicationKey: string;
  readonly environment: string;
  /** Ids of the endpoints, in the order of the content. */
  readonly ids: readonly string[];
}

/** A content of which the caller sees at least one environment. */
export interface VisibleContent {
  readonly content: Content;
  readonly environments: readonly IndexedIds[];
  /** Its first document: the documents of a scope are numbered through. */
  readonly base: number;
}

/** Longer fields weigh as if they had this many words. */
const MAX_LENGTH = 400;
/** The clock is asked after this many contents. */
const STEPS_BETWEEN_PAUSES = 32;

/**
 * All that a caller sees, and the statistics over it. Everything in an answer comes from here, so that what a caller does
 * not see cannot change it. A document is an endpoint; environments with the same content have the same documents.
 */
export class Scope {
  readonly contents: readonly VisibleContent[];
  /** The number of documents. */
  readonly size: number;
  private readonly weights: readonly Float64Array[];
  private readonly byContent: ReadonlyMap<Content, VisibleContent>;
  private readonly frequencies = new Map<number, number>();
  private readonly contentsOfTerms = new Map<number, readonly VisibleContent[]>();
  private steps = 0;

  constructor(
    environments: ReadonlyMap<Content, readonly IndexedIds[]>,
    private readonly byTerm: ContentsByTerm,
    readonly slices: Slices,
  ) {
    const contents: VisibleContent[] = [];
    const lengths = new Float64Array(FIELDS.length);
    let size = 0;
    for (const [content, own] of environments) {
      contents.push({ content, environments: own, base: size });
      size += content.endpoints.length;
      for (const [field, length] of content.totalLengths.entries()) {
        lengths[field] = (lengths[field] ?? 0) + length;
      }
    }
    this.contents = contents;
    this.byContent = new Map(contents.map((visible) => [visible.content, visible]));
    this.size = size;
    this.weights = occurrenceWeights(
      lengths.map((sum) => sum / Math.max(1, size)),
      MAX_LENGTH,
    );
  }

  /** How many documents have the word. */
  async frequency(term: number): Promise<number> {
    const known = this.frequencies.get(term);
    if (known !== undefined) return known;
    let found = 0;
    for (const { content } of this.having(term)) {
      const pause = this.pauseNow();
      if (pause !== undefined) await pause;
      const position = positionOf(content, term);
      if (position >= 0) found += (content.starts[position + 1] ?? 0) - (content.starts[position] ?? 0);
    }
    this.frequencies.set(term, found);
    return found;
  }

  /** Calls `visit` for every document that has the word, in slices and in no particular order. */
  async forEachPosting(
    term: number,
    visit: (document: number, strength: number, frequencies: number) => void,
  ): Promise<void> {
    for (const { content, base } of this.having(term)) {
      const pause = this.pauseNow();
      if (pause !== undefined) await pause;
      const position = positionOf(content, term);
      if (position < 0) continue;
      const end = content.starts[position + 1] ?? 0;
      for (let at = content.starts[position] ?? 0; at < end; at += 1) {
        const endpoint = content.postings[at] ?? 0;
        const frequencies = content.frequencies[at] ?? 0;
        visit(base + endpoint, this.strength(content, endpoint, frequencies), frequencies);
      }
    }
  }

  /** Calls `visit` for every document with a score, in slices. */
  async forEachScored(
    scores: Float64Array,
    visit: (document: number, content: Content, endpoint: number) => void,
  ): Promise<void> {
    for (const { content, base } of this.contents) {
      const pause = this.pauseNow();
      if (pause !== undefined) await pause;
      const size = content.endpoints.length;
      for (let endpoint = 0; endpoint < size; endpoint += 1) {
        if (scores[base + endpoint] !== 0) visit(base + endpoint, content, endpoint);
      }
    }
  }

  /** Contents of the scope that may have the word: a superset, whichever is found faster. */
  private having(term: number): readonly VisibleContent[] {
    const known = this.contentsOfTerms.get(term);
    if (known !== undefined) return known;
    const all = this.byTerm.of(term);
    let having = this.contents;
    if (all.length < having.length) {
      having = all.map((content) => this.byContent.get(content)).filter((visible) => visible !== undefined);
    }
    this.contentsOfTerms.set(term, having);
    return having;
  }

  /** A promise to await when others have their turn; the clock is asked only now and then. */
  private pauseNow(): Promise<void> | undefined {
    this.steps += 1;
    return this.steps % STEPS_BETWEEN_PAUSES === 0 ? this.slices.pause() : undefined;
  }

  /** A word in a document: how well it fits, and the field that says most; undefined when the document does not have it. */
  postingOf(document: number, term: number): { strength: number; field: Field } | undefined {
    const { content, base } = this.contentOf(document);
    const position = positionOf(content, term);
    if (position < 0) return undefined;
    const end = content.starts[position + 1] ?? 0;
    for (let at = content.starts[position] ?? 0; at < end; at += 1) {
      if (content.postings[at] !== document - base) continue;
      const frequencies = content.frequencies[at] ?? 0;
      const field = FIELDS.find((_, index) => frequencyIn(index, frequencies) > 0) ?? 'name';
      return { strength: this.strength(content, document - base, frequencies), field };
    }
    return undefined;
  }

  /** The endpoints that a document stands for, one in each environment that the caller sees. */
  idsOf(document: number): { readonly id: string; readonly environmentId: string }[] {
    const { base, environments } = this.contentOf(document);
    return environments.map(({ environmentId, ids }) => ({ environmentId, id: ids[document - base] ?? '' }));
  }

  endpointOf(document: number): ContentEndpoint {
    const { content, base } = this.contentOf(document);
    const endpoint = content.endpoints[document - base];
    if (endpoint === undefined) throw new RangeError(`There is no document ${document}`);
    return endpoint;
  }

  /** A fixed order of documents that does not depend on when they were indexed. */
  compare(a: number, b: number): number {
    const [left, right] = [this.contentOf(a), this.contentOf(b)];
    return (
      compareTexts(left.content.applicationKey, right.content.applicationKey) ||
      a - left.base - (b - right.base) ||
      compareTexts(left.environments[0]?.environment ?? '', right.environments[0]?.environment ?? '')
    );
  }

  /** The content of a document. */
  private contentOf(document: number): VisibleContent {
    let low = 0;
    let high = this.contents.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.contents[middle]?.base ?? 0) <= document) low = middle;
      else high = middle - 1;
    }
    const found = this.contents[low];
    if (found === undefined) throw new RangeError(`There is no document ${document}`);
    return found;
  }

  /** How well a word fits an endpoint: occurrences, weighted by field and its length (BM25F). */
  private strength(content: Content, endpoint: number, frequencies: number): number {
    let sum = 0;
    const lengths = endpoint * FIELDS.length;
    for (let field = 0, left = frequencies; left !== 0; field += 1, left >>>= FREQUENCY_BITS) {
      const frequency = left & MAX_FREQUENCY;
      if (frequency === 0) continue;
      const length = Math.min(MAX_LENGTH, content.lengths[lengths + field] ?? 0);
      sum += frequency * (this.weights[field]?.[length] ?? 0);
    }
    return sum;
  }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
