import { ReadyAnswer } from '#libs/answers/ready-answer.js';
import { JsonText } from '#libs/json/json-text.js';
import { decodeCursor, encodeCursor, type Keyset } from '#libs/pagination/cursor.js';
import { ItemStream } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import type { DiscoveryRepository, ListedApplications, ListFilter } from './discovery.repository.js';
import { LargeAnswers } from './large-answers.js';

/** Applications read at a time, each with all its endpoints. */
const BATCH_SIZE = 50;
const MEBIBYTE = 1024 * 1024;
/** Of the applications of a batch or page all but the last one. */
const MAX_BATCH_BYTES = 2 * MEBIBYTE;
/** A larger list is streamed at every request, so that its size does not count in memory. */
const MAX_LIST_BYTES = 16 * MEBIBYTE;
/** Lists streamed at once: each holds what its client has not taken of a batch. */
const MAX_STREAMS = 2;

/** Applications with their endpoints, in pages and batches of bounded size. */
export class ApplicationList {
  private readonly streams = new LargeAnswers(MAX_STREAMS);

  constructor(
    private readonly discovery: DiscoveryRepository,
    private readonly large: LargeAnswers,
  ) {}

  /** A page, or the whole list when it is not too large; `undefined` when it is. */
  async answer(filter: ListFilter, { limit, cursor }: PageQuery): Promise<ReadyAnswer | undefined> {
    const after = afterCursor(cursor);
    return this.large.alone(async () => {
      if (limit === undefined) return this.wholeAnswer(filter, after);
      const found = await this.read(filter, after, limit);
      return ReadyAnswer.of(jsonArray(found), nextCursor(found));
    });
  }

  /** The whole list, read as the client takes it. @throws NoRoomForAnswer */
  async stream(filter: ListFilter, { cursor }: PageQuery): Promise<ItemStream<JsonText>> {
    const place = await this.streams.borrow(1);
    const close = (): void => {
      place.giveBack();
    };
    try {
      // The first batch is read before the answer begins: its failure is still a proper error response.
      const read = (after: Keyset | undefined): Promise<ListedApplications> =>
        this.large.alone(() => this.read(filter, after, BATCH_SIZE));
      const first = await read(afterCursor(cursor));
      return new ItemStream(items(batches(first, read)), close);
    } catch (error) {
      close();
      throw error;
    }
  }

  private async wholeAnswer(filter: ListFilter, after: Keyset | undefined): Promise<ReadyAnswer | undefined> {
    const parts: string[] = [];
    let length = 0;
    const read = (last: Keyset | undefined): Promise<ListedApplications> =>
      this.read(filter, last, BATCH_SIZE);
    for await (const { applications } of batches(await read(after), read)) {
      for (const { json } of applications) {
        length += json.length;
        parts.push(parts.length === 0 ? '[' : ',', json);
      }
      if (length > MAX_LIST_BYTES) return undefined;
    }
    return ReadyAnswer.of(parts.length === 0 ? ['[]'] : [...parts, ']']);
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

async function* items(batches: AsyncIterable<ListedApplications>): AsyncGenerator<JsonText[]> {
  for await (const { applications } of batches) yield applications.map(({ json }) => new JsonText(json));
}

function jsonArray({ applications }: ListedApplications): string[] {
  const parts = applications.flatMap(({ json }, index) => [index === 0 ? '[' : ',', json]);
  return parts.length === 0 ? ['[]'] : [...parts, ']'];
}

function afterCursor(cursor: string | undefined): Keyset | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor);
}

function nextCursor({ applications, hasMore }: ListedApplications): string | undefined {
  const last = applications.at(-1);
  return hasMore && last !== undefined ? encodeCursor(last) : undefined;
}
