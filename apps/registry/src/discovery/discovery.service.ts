import { Injectable } from '@nestjs/common';
import { ReadyAnswer } from '#libs/answers/ready-answer.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { FreshMemory } from '#libs/memory/fresh-memory.js';
import { Metrics } from '#libs/metrics/metrics.js';
import type { Endpoint } from '#libs/openapi/endpoint.js';
import { OpenApiWriter } from '#libs/openapi/openapi-writer.js';
import { inSlices } from '#libs/event-loop/slices.js';
import { parseExactJson } from '#libs/json/exact-json.js';
import { jsonOf } from '#libs/json/json-pieces.js';
import { JsonText } from '#libs/json/json-text.js';
import { ItemStream, type Listing, listing, Page } from '#libs/pagination/listing.js';
import { ApplicationNotFound } from '../applications/application.errors.js';
import { EnvironmentNotFound } from '../environments/environment.errors.js';
import { DiscoveryRepository } from './discovery.repository.js';
import type { ApplicationsWithEndpointsQuery } from './dto/discovery.query.js';

/** Applications read at a time, each with all its endpoints. */
const BATCH_SIZE = 50;
const MEBIBYTE = 1024 * 1024;
const MAX_REMEMBERED_BYTES = 96 * MEBIBYTE;
/** A larger list is streamed at every request, so that its size does not count in memory. */
const MAX_LIST_BYTES = 24 * MEBIBYTE;

/** Stands for a list that is too large to be remembered. */
class TooLarge {
  readonly bytes = 0;
}

/** What agents ask for, from memory while that is surely what the database would answer. */
@Injectable()
export class DiscoveryService {
  private readonly memory: FreshMemory<ReadyAnswer | TooLarge>;

  constructor(
    private readonly discovery: DiscoveryRepository,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.memory = new FreshMemory(feed, metrics, {
      name: 'discovery',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: ({ bytes }) => bytes,
    });
  }

  /** @throws ApplicationNotFound, EnvironmentNotFound */
  async endpoints(appKey: string, environment: string): Promise<ReadyAnswer> {
    const load = async (): Promise<ReadyAnswer> => {
      const json = await this.discovery.endpoints(appKey, environment);
      if (json === undefined) throw new ApplicationNotFound(appKey);
      if (json === null) throw new EnvironmentNotFound(appKey, environment);
      return new ReadyAnswer([json]);
    };
    const key = endpointsKey(appKey, environment);
    return (await this.memory.read(key, load, () => ({ appKey }))) as ReadyAnswer;
  }

  /** What {@link endpoints} would answer, if that needs no look at the database. */
  rememberedEndpoints(appKey: string, environment: string): ReadyAnswer | undefined {
    return this.memory.peek(endpointsKey(appKey, environment)) as ReadyAnswer | undefined;
  }

  /**
   * The OpenAPI 3.1 document of an environment.
   *
   * @throws ApplicationNotFound, EnvironmentNotFound
   */
  async openApi(appKey: string, environment: string): Promise<ReadyAnswer> {
    const load = (): Promise<ReadyAnswer> => this.writtenOpenApi(appKey, environment);
    const key = `openapi ${environment} ${appKey}`;
    return (await this.memory.read(key, load, () => ({ appKey }))) as ReadyAnswer;
  }

  async applicationsWithEndpoints(
    environment: string,
    query: ApplicationsWithEndpointsQuery,
  ): Promise<ReadyAnswer | Listing<JsonText>> {
    const { healthStatus, limit, cursor } = query;
    const read = (): Promise<Listing<JsonText>> =>
      listing(
        { limit, cursor },
        (after, count) => this.discovery.applications({ environment, healthStatus }, after, count),
        ({ json }) => new JsonText(json),
        BATCH_SIZE,
      );
    const key = `applications ${JSON.stringify([environment, healthStatus, limit, cursor])}`;
    const answer = await this.memory.read(
      key,
      async () => wholeAnswer(await read()),
      () => 'everything',
    );
    return answer instanceof ReadyAnswer ? answer : read();
  }

  private async writtenOpenApi(appKey: string, environment: string): Promise<ReadyAnswer> {
    const found = await this.discovery.environment(appKey, environment);
    if (found === undefined) throw new ApplicationNotFound(appKey);
    if (found === null) throw new EnvironmentNotFound(appKey, environment);
    const { id, name, baseDomain, applicationName, applicationDescription } = found;
    const writer = new OpenApiWriter({
      title: applicationName,
      description: applicationDescription,
      version: name,
      baseDomain,
    });
    await inSlices(await this.discovery.registered(id), (json) => {
      writer.add(parseExactJson(json) as Endpoint);
    });
    return new ReadyAnswer(writer.finished());
  }
}

function endpointsKey(appKey: string, environment: string): string {
  return `endpoints ${environment} ${appKey}`;
}

async function wholeAnswer(list: Listing<JsonText>): Promise<ReadyAnswer | TooLarge> {
  const batches = list instanceof ItemStream ? list.batches : [list.items];
  const parts = ['['];
  let length = 0;
  for await (const batch of batches) {
    for (const item of batch) {
      const json = jsonOf(item);
      length += json.length;
      parts.push(parts.length === 1 ? json : `,${json}`);
    }
    if (length > MAX_LIST_BYTES) return new TooLarge();
  }
  return new ReadyAnswer([...parts, ']'], list instanceof Page ? list.next : undefined);
}
