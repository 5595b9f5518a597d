import { LRUCache } from 'lru-cache';
import { CachedResponse } from '#libs/http-cache/cached-response.js';
import { LargeResponses } from '#libs/memory/large-responses.js';
import { afterCursor, encodeCursor, type Keyset } from '#libs/pagination/cursor.js';
import { JsonStream } from '#libs/pagination/json-stream.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
import type { DiscoveryRepository, ListedApplications, ListFilter } from './discovery.repository.js';
import { EndpointsJson } from './endpoints-json.js';

/** Applications read at a time, each with all its endpoints. */
const BATCH_SIZE = 50;
/** Of the applications of a batch or page all but the last one. */
const MAX_BATCH_BYTES = 2 * MEBIBYTE;
/** A larger list is streamed at every request, so that its size does not count in memory. */
const MAX_LIST_BYTES = 18 * MEBIBYTE;
/** How many lists that were too large are remembered, and for how long: collecting one again takes memory and gives nothing. */
const MAX_REMEMBERED = 100;
const REMEMBERED_MS = 60_000;
/** Lists streamed at once: each holds what its client has not taken of a batch. */
const MAX_STREAMS = 2;

/** Applications with their endpoints, in pages and batches of bounded size. */
export class ApplicationList {
  private readonly streams = new LargeResponses(MAX_STREAMS);
  private readonly tooLarge = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    private readonly discovery: DiscoveryRepository,
    private readonly large: LargeResponses,
  ) {}

  /** A page, or the whole list, when it is not too large; `undefined` when it is. */
  async answer(filter: ListFilter, { limit, cursor }: PageQuery): Promise<CachedResponse | undefined> {
    const after = afterCursor(cursor);
    const list = JSON.stringify([filter, after]);
    if (limit === undefined && this.tooLarge.has(list)) return undefined;
    return this.large.alone(async () => {
      if (limit === undefined) {
        const whole = await this.wholeAnswer(filter, after);
        if (whole === undefined) this.tooLarge.set(list, true);
        return whole;
      }
      const found = await this.read(filter, after, limit);
      const parts = new ListParts();
      return parts.add(found) ? CachedResponse.of(parts.finished(), nextCursor(found)) : undefined;
    });
  }

  /** The same of any size, read as the client takes it. @throws NoMemoryForResponse */
  stream(filter: ListFilter, { limit, cursor }: PageQuery): Promise<JsonStream> {
    return this.streams.stream(async (close) => {
      // The first batch is read before the answer begins: its failure is still a proper error response.
      const read = (after: Keyset | undefined): Promise<ListedApplications> =>
        this.large.alone(() => this.read(filter, after, limit ?? BATCH_SIZE));
      const first = await read(afterCursor(cursor));
      if (limit !== undefined) return new JsonStream(texts([first]), close, nextCursor(first));
      return new JsonStream(texts(batches(first, read)), close);
    });
  }

  private async wholeAnswer(
    filter: ListFilter,
    after: Keyset | undefined,
  ): Promise<CachedResponse | undefined> {
    const parts = new ListParts();
    const read = (last: Keyset | undefined): Promise<ListedApplications> =>
      this.read(filter, last, BATCH_SIZE);
    for await (const found of batches(await read(after), read)) {
      if (!parts.add(found) || parts.length > MAX_LIST_BYTES) return undefined;
    }
    return CachedResponse.of(parts.finished());
  }

  private read(filter: ListFilter, after: Keyset | undefined, limit: number): Promise<ListedApplications> {
    return this.discovery.applications(filter, after, { limit, maxBytes: MAX_BATCH_BYTES });
  }
}

async function* batches(
  first: ListedApplications,
  read: (after: Keyset) => Promise<ListedApplications>,
): AsyncGenerator<ListedApplications> {
  let found = first;
  for (;;) {
    yield found;
    const last = found.applications.at(-1);
    if (last === undefined || !found.hasMore) return;
    found = await read(last);
  }
}

/** The JSON of a list in parts, as far as it is not too large. */
class ListParts {
  /** Characters of the applications so far. */
  length = 0;
  private readonly parts: string[] = [];

  /** Whether there was room for these applications, whose shared definitions may make them many times larger. */
  add({ applications }: ListedApplications): boolean {
    for (const { sequence } of applications) {
      const whole = new EndpointsJson(sequence).whole(MAX_LIST_BYTES - this.length);
      if (whole === undefined) return false;
      this.parts.push(this.parts.length === 0 ? '[' : ',');
      for (const part of whole) {
        this.parts.push(part);
        this.length += part.length;
      }
    }
    return true;
  }

  finished(): readonly string[] {
    return this.parts.length === 0 ? ['[]'] : [...this.parts, ']'];
  }
}

async function* texts(
  found: Iterable<ListedApplications> | AsyncIterable<ListedApplications>,
): AsyncGenerator<string> {
  let separator = '[';
  for await (const { applications } of found) {
    for (const { sequence } of applications) {
      yield separator;
      yield* new EndpointsJson(sequence).selfContained();
      separator = ',';
    }
  }
  yield separator === '[' ? '[]' : ']';
}

function nextCursor({ applications, hasMore }: ListedApplications): string | undefined {
  const last = applications.at(-1);
  return hasMore && last !== undefined ? encodeCursor(last) : undefined;
}
