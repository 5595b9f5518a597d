import { Injectable } from '@nestjs/common';
import { ReadyAnswer } from '#libs/answers/ready-answer.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { FreshMemory } from '#libs/memory/fresh-memory.js';
import { Metrics } from '#libs/metrics/metrics.js';
import type { JsonText } from '#libs/json/json-text.js';
import type { Listing } from '#libs/pagination/listing.js';
import { ApplicationNotFound } from '../applications/application.errors.js';
import { EnvironmentNotFound } from '../environments/environment.errors.js';
import { ApplicationList } from './application-list.js';
import { DiscoveryRepository, type SizedText } from './discovery.repository.js';
import type { ApplicationsWithEndpointsQuery } from './dto/discovery.query.js';
import { LargeAnswers } from './large-answers.js';
import { OpenApiDocuments } from './openapi-documents.js';

const MEBIBYTE = 1024 * 1024;
const MAX_REMEMBERED_BYTES = 64 * MEBIBYTE;
/** Large answers made at once, some five times of which is their text on its way from the database. */
const MAX_MADE_BYTES = 16 * MEBIBYTE;

/** Stands for a list that is too large to be remembered. */
class TooLarge {
  readonly bytes = 0;
}

/** What agents ask for, from memory while that is surely what the database would answer. */
@Injectable()
export class DiscoveryService {
  private readonly memory: FreshMemory<ReadyAnswer | TooLarge>;
  private readonly large = new LargeAnswers(MAX_MADE_BYTES);
  private readonly list: ApplicationList;

  constructor(
    private readonly discovery: DiscoveryRepository,
    private readonly documents: OpenApiDocuments,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.list = new ApplicationList(discovery, this.large);
    this.memory = new FreshMemory(feed, metrics, {
      name: 'discovery',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: ({ bytes }) => bytes,
    });
  }

  /** @throws ApplicationNotFound, EnvironmentNotFound, NoRoomForAnswer */
  async endpoints(appKey: string, environment: string): Promise<ReadyAnswer> {
    const read = async (maxBytes: number): Promise<SizedText> => {
      const json = await this.discovery.endpoints(appKey, environment, maxBytes);
      if (json === undefined) throw new ApplicationNotFound(appKey);
      if (json === null) throw new EnvironmentNotFound(appKey, environment);
      return json;
    };
    const load = (): Promise<ReadyAnswer> => this.large.make(read, (json) => ReadyAnswer.of([json]));
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
   * @throws ApplicationNotFound, EnvironmentNotFound, NoRoomForAnswer, DocumentTooLarge
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
    const filter = { environment, healthStatus };
    const key = `applications ${JSON.stringify([environment, healthStatus, limit, cursor])}`;
    const answer = await this.memory.read(
      key,
      async () => (await this.list.answer(filter, query)) ?? new TooLarge(),
      () => 'everything',
    );
    return answer instanceof ReadyAnswer ? answer : this.list.stream(filter, query);
  }

  private async writtenOpenApi(appKey: string, environment: string): Promise<ReadyAnswer> {
    const found = await this.discovery.environment(appKey, environment);
    if (found === undefined) throw new ApplicationNotFound(appKey);
    if (found === null) throw new EnvironmentNotFound(appKey, environment);
    const { id, name, baseDomain, applicationName, applicationDescription } = found;
    return this.documents.write(
      { title: applicationName, description: applicationDescription, version: name, baseDomain },
      (maxBytes) => this.large.within(maxBytes, () => this.discovery.registered(id, maxBytes)),
    );
  }
}

function endpointsKey(appKey: string, environment: string): string {
  return `endpoints ${environment} ${appKey}`;
}
