import { Slices } from '#libs/event-loop/slices.js';
import { type Content, type ContentEndpoint, frequencyIn, positionOf } from './content.js';
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
const CONTENTS_BETWEEN_PAUSES = 32;

/**
 * All that a caller sees, and the statistics over it. Everything in an answer comes from here, so that what a caller does
 * not see cannot change it. A document is an endpoint; environments with the same content have the same documents.
 */
export class Scope {
  readonly slices = new Slices();
  readonly contents: readonly VisibleContent[];
  /** The number of documents. */
  readonly size: number;
  private readonly weights: readonly Float64Array[];

  constructor(environments: ReadonlyMap<Content, readonly IndexedIds[]>) {
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
    this.size = size;
    this.weights = occurrenceWeights(
      lengths.map((sum) => sum / Math.max(1, size)),
      MAX_LENGTH,
    );
  }

  /** How many documents have the word. */
  async frequency(term: number): Promise<number> {
    let found = 0;
    for (const [index, { content }] of this.contents.entries()) {
      if (index % CONTENTS_BETWEEN_PAUSES === 0) await this.slices.pause();
      const position = positionOf(content, term);
      if (position < 0) continue;
      found += (content.starts[position + 1] ?? 0) - (content.starts[position] ?? 0);
    }
    return found;
  }

  /** Calls `visit` for every document that has the word, in slices. */
  async forEachPosting(
    term: number,
    visit: (document: number, strength: number, frequencies: number) => void,
  ): Promise<void> {
    for (const [index, { content, base }] of this.contents.entries()) {
      if (index % CONTENTS_BETWEEN_PAUSES === 0) await this.slices.pause();
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

  /** Calls `visit` for every document, in slices; `lengthOf` counts the words of a field. */
  async forEachEndpoint(
    visit: (endpoint: ContentEndpoint, document: number, lengthOf: (field: number) => number) => void,
  ): Promise<void> {
    for (const [index, { content, base }] of this.contents.entries()) {
      if (index % CONTENTS_BETWEEN_PAUSES === 0) await this.slices.pause();
      let at = 0;
      const lengthOf = (field: number): number => content.lengths[at * FIELDS.length + field] ?? 0;
      for (const endpoint of content.endpoints) {
        visit(endpoint, base + at, lengthOf);
        at += 1;
      }
    }
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
