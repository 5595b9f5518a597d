import { Slices } from '#libs/event-loop/slices.js';
import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { actionsOf, stemsOf } from './endpoint-texts.js';
import { FIELDS, FREQUENCY_BITS, MAX_FREQUENCY } from './fields.js';
import type { IndexedEndpoint, IndexedEnvironment } from './indexed-environment.js';

/** What is kept of an endpoint beside its postings. */
export interface ContentEndpoint {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly operationId: string | null;
  readonly deprecated: boolean;
  readonly actions: number;
}

/**
 * The searchable content of an environment, packed: for each word the endpoints that have it, and in which fields how
 * often. Environments of an application with the same content share one, which never changes.
 */
export interface Content {
  readonly applicationKey: string;
  readonly applicationName: string;
  readonly endpoints: readonly ContentEndpoint[];
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

/** Indexes the endpoints in the given order, in slices. Each of its words is used once in the vocabulary. */
export async function buildContent(
  environment: IndexedEnvironment,
  endpoints: readonly IndexedEndpoint[],
  vocabulary: Vocabulary,
): Promise<Content> {
  const slices = new Slices();
  const numbers = new Map<string, number>();
  const postings = new Map<number, [endpoint: number, frequencies: number][]>();
  const lengths = new Uint16Array(endpoints.length * FIELDS.length);
  const totalLengths = new Float64Array(FIELDS.length);
  for (const [index, endpoint] of endpoints.entries()) {
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    const stems = stemsOf(environment, endpoint);
    const found = new Map<number, number>();
    for (const [field, name] of FIELDS.entries()) {
      lengths[index * FIELDS.length + field] = stems[name].length;
      totalLengths[field] = (totalLengths[field] ?? 0) + stems[name].length;
      for (const stem of stems[name]) {
        let number = numbers.get(stem);
        if (number === undefined) numbers.set(stem, (number = vocabulary.use(stem)));
        found.set(number, oneMore(found.get(number) ?? 0, field));
      }
    }
    for (const [number, frequencies] of found) {
      const list = postings.get(number);
      if (list === undefined) postings.set(number, [[index, frequencies]]);
      else list.push([index, frequencies]);
    }
  }
  return {
    applicationKey: environment.applicationKey,
    applicationName: environment.applicationName,
    endpoints: endpoints.map((endpoint) => ({
      method: endpoint.method,
      path: endpoint.path,
      name: endpoint.name,
      operationId: endpoint.operationId,
      deprecated: endpoint.deprecated,
      actions: actionsOf(endpoint),
    })),
    ...packed(postings),
    lengths,
    totalLengths,
  };
}

function oneMore(frequencies: number, field: number): number {
  const shift = field * FREQUENCY_BITS;
  return ((frequencies >>> shift) & MAX_FREQUENCY) === MAX_FREQUENCY
    ? frequencies
    : frequencies + (1 << shift);
}

function packed(
  lists: ReadonlyMap<number, readonly (readonly [endpoint: number, frequencies: number])[]>,
): Pick<Content, 'terms' | 'starts' | 'postings' | 'frequencies'> {
  const terms = Uint32Array.from(lists.keys()).sort();
  const starts = new Uint32Array(terms.length + 1);
  let size = 0;
  for (const [index, term] of terms.entries()) {
    starts[index] = size;
    size += lists.get(term)?.length ?? 0;
  }
  starts[terms.length] = size;
  const postings = new Uint32Array(size);
  const frequencies = new Uint32Array(size);
  let at = 0;
  for (const term of terms) {
    for (const [endpoint, frequency] of lists.get(term) ?? []) {
      postings[at] = endpoint;
      frequencies[at] = frequency;
      at += 1;
    }
  }
  return { terms, starts, postings, frequencies };
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
