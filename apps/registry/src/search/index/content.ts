import { Slices } from '#libs/event-loop/slices.js';
import { stemOf } from '#libs/text-search/stem.js';
import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { wordsOf } from '#libs/text-search/words.js';
import { actionsOf, stemsOf } from './endpoint-texts.js';
import { FIELDS, FREQUENCY_BITS, MAX_FREQUENCY } from './fields.js';
import type { IndexedEndpoint, IndexedEnvironment } from './indexed-environment.js';
import { hashOf, plainName, plainPath } from './plain-forms.js';

/** What is kept of an endpoint beside its postings. */
export interface ContentEndpoint {
  readonly method: string;
  readonly name: string;
  readonly operationId: string | null;
  readonly path: string;
  /** See {@link plainPath}. */
  readonly plainPath: string;
}

/**
 * The searchable content of an environment, packed: for each word the endpoints that have it, and in which fields how
 * often. Environments of an application with the same content share one, which never changes.
 */
export interface Content {
  readonly applicationKey: string;
  readonly applicationName: string;
  readonly applicationDescription: string | null;
  /** Stems of the application's key. */
  readonly applicationWords: readonly string[];
  readonly endpoints: readonly ContentEndpoint[];
  /** What each endpoint does, as bits of `Action`. */
  readonly actions: Uint8Array;
  /** 1 for each endpoint that is deprecated. */
  readonly isDeprecated: Uint8Array;
  /** Hashes of the plain name and operation id of each endpoint; of the first endpoint first. */
  readonly exactHashes: Uint32Array;
  /** Numbers of the words, ascending. */
  readonly terms: Uint32Array;
  /** For each word where its postings begin, and at the end where the last ones end. */
  readonly starts: Uint32Array;
  /** Of each posting the endpoint. */
  readonly postings: Uint32Array;
  /** Of each posting how often the word is in each field, `FREQUENCY_BITS` a field. */
  readonly frequencies: Uint32Array;
  /** How many words each field of each endpoint has; of the first endpoint first. */
  readonly lengths: Uint16Array;
  /** How many words each field has in all endpoints. */
  readonly totalLengths: Float64Array;
}

/** Hashes of an endpoint in `exactHashes`. */
export const HASHES_PER_ENDPOINT = 2;

/** Indexes the endpoints in the given order, in slices. Each of its words is used once in the vocabulary. */
export async function buildContent(
  environment: IndexedEnvironment,
  endpoints: readonly IndexedEndpoint[],
  vocabulary: Vocabulary,
): Promise<Content> {
  const slices = new Slices();
  const builder = new ContentBuilder(environment, endpoints.length, vocabulary);
  for (const endpoint of endpoints) {
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    builder.add(endpoint);
  }
  return builder.content(slices);
}

class ContentBuilder {
  private readonly endpoints: ContentEndpoint[] = [];
  private readonly actions: Uint8Array;
  private readonly isDeprecated: Uint8Array;
  private readonly exactHashes: Uint32Array;
  private readonly lengths: Uint16Array;
  private readonly totalLengths = new Float64Array(FIELDS.length);
  private readonly numbers = new Map<string, number>();
  /** Of each word its postings in turn: an endpoint, then the frequencies. */
  private readonly postings = new Map<number, number[]>();

  constructor(
    private readonly environment: IndexedEnvironment,
    size: number,
    private readonly vocabulary: Vocabulary,
  ) {
    this.actions = new Uint8Array(size);
    this.isDeprecated = new Uint8Array(size);
    this.exactHashes = new Uint32Array(size * HASHES_PER_ENDPOINT);
    this.lengths = new Uint16Array(size * FIELDS.length);
  }

  add(endpoint: IndexedEndpoint): void {
    const index = this.endpoints.length;
    const { method, name, operationId, path, deprecated } = endpoint;
    this.endpoints.push({ method, name, operationId, path, plainPath: plainPath(path) });
    this.actions[index] = actionsOf(endpoint);
    this.isDeprecated[index] = Number(deprecated);
    this.exactHashes.set(
      [hashOf(plainName(name)), hashOf(plainName(operationId ?? ''))],
      index * HASHES_PER_ENDPOINT,
    );
    const stems = stemsOf(this.environment, endpoint);
    const found = new Map<number, number>();
    for (const [field, fieldName] of FIELDS.entries()) {
      const words = stems[fieldName];
      this.lengths[index * FIELDS.length + field] = words.length;
      this.totalLengths[field] = (this.totalLengths[field] ?? 0) + words.length;
      for (const word of words) {
        const number = this.numberOf(word);
        found.set(number, oneMore(found.get(number) ?? 0, field));
      }
    }
    for (const [number, frequencies] of found) this.postingsOf(number).push(index, frequencies);
  }

  async content(slices: Slices): Promise<Content> {
    const { applicationKey, applicationName, applicationDescription } = this.environment;
    return {
      applicationKey,
      applicationName,
      applicationDescription,
      applicationWords: [...new Set(wordsOf(applicationKey, 20).map(stemOf))],
      endpoints: this.endpoints,
      actions: this.actions,
      isDeprecated: this.isDeprecated,
      exactHashes: this.exactHashes,
      ...(await this.packed(slices)),
      lengths: this.lengths,
      totalLengths: this.totalLengths,
    };
  }

  private numberOf(word: string): number {
    let number = this.numbers.get(word);
    if (number === undefined) this.numbers.set(word, (number = this.vocabulary.use(word)));
    return number;
  }

  private postingsOf(number: number): number[] {
    let postings = this.postings.get(number);
    if (postings === undefined) this.postings.set(number, (postings = []));
    return postings;
  }

  private async packed(
    slices: Slices,
  ): Promise<Pick<Content, 'terms' | 'starts' | 'postings' | 'frequencies'>> {
    const terms = Uint32Array.from(this.postings.keys()).sort();
    const starts = new Uint32Array(terms.length + 1);
    let size = 0;
    for (const [index, term] of terms.entries()) {
      starts[index] = size;
      size += this.postingsOf(term).length / 2;
    }
    starts[terms.length] = size;
    const postings = new Uint32Array(size);
    const frequencies = new Uint32Array(size);
    let at = 0;
    for (const term of terms) {
      const pause = slices.pause();
      if (pause !== undefined) await pause;
      const pairs = this.postingsOf(term);
      for (let pair = 0; pair < pairs.length; pair += 2, at += 1) {
        postings[at] = pairs[pair] ?? 0;
        frequencies[at] = pairs[pair + 1] ?? 0;
      }
    }
    return { terms, starts, postings, frequencies };
  }
}

/** How often a word is in a field, out of the frequencies of a posting. */
export function frequencyIn(field: number, frequencies: number): number {
  return (frequencies >>> (field * FREQUENCY_BITS)) & MAX_FREQUENCY;
}

function oneMore(frequencies: number, field: number): number {
  return frequencyIn(field, frequencies) === MAX_FREQUENCY
    ? frequencies
    : frequencies + (1 << (field * FREQUENCY_BITS));
}

/** Where the word is in `terms`, or -1. */
export function positionOf({ terms }: Content, term: number): number {
  let low = 0;
  let high = terms.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = terms[middle] ?? 0;
    if (found === term) return middle;
    if (found < term) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
