import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { AppKeyAliases } from '#libs/app-keys/app-key-aliases.js';
import { ReadThroughCache } from '#libs/cache/read-through-cache.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { ApplicationNotFound, EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import { CachedResponse } from '#libs/http-cache/cached-response.js';
import type { BoundedText } from '#libs/memory/large-responses.js';
import { LargeResponses } from '#libs/memory/large-responses.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { JsonStream } from '#libs/pagination/json-stream.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
import { ApplicationList } from './application-list.js';
import { DiscoveryRepository } from './discovery.repository.js';
import type { ApplicationsWithEndpointsQuery } from './dto/discovery.query.js';
import { digestOf, sharedDigest } from './endpoints-digest.js';
import { EndpointsJson } from './endpoints-json.js';
import { OpenApiDocuments } from './openapi-documents.js';

const MAX_REMEMBERED_BYTES = 64 * MEBIBYTE;
/** Large responses made at once, each of which takes about five times its text in memory. */
const MAX_MADE_BYTES = 16 * MEBIBYTE;

/** A larger self-contained response is streamed at every request. */
const MAX_SELF_CONTAINED_LENGTH = 8 * MEBIBYTE;
/** Responses streamed at once: each holds the text of its environment. */
const MAX_STREAMS = 2;

/** Marks a list that is too large for the cache. */
class TooLarge {
  readonly bytes = 0;
}

/** Responses for agents, from the cache while the change feed is current. */
@Injectable()
export class DiscoveryService {
  private readonly cache: ReadThroughCache<CachedResponse | TooLarge>;
  private readonly large = new LargeResponses(MAX_MADE_BYTES);
  private readonly streams = new LargeResponses(MAX_STREAMS);
  private readonly list: ApplicationList;

  constructor(
    private readonly discovery: DiscoveryRepository,
    private readonly documents: OpenApiDocuments,
    private readonly aliases: AppKeyAliases,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.list = new ApplicationList(discovery, this.large);
    this.cache = new ReadThroughCache(feed, metrics, {
      name: 'discovery',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: ({ bytes }) => bytes,
    });
  }

  /**
   * An environment with its endpoints, each schema with the shared definitions that it needs.
   *
   * @throws ApplicationNotFound, EnvironmentNotFound, NoMemoryForResponse
   */
  endpoints(appKey: string, environment: string): Promise<CachedResponse | JsonStream> {
    return this.named(appKey, (present) => this.endpointsOf(present, environment));
  }

  /** The same with the shared definitions once. @throws as {@link endpoints} */
  endpointsAndDefinitions(given: string, environment: string): Promise<CachedResponse> {
    return this.named(given, async (appKey) => {
      const load = (): Promise<CachedResponse> =>
        this.large.make(this.read(appKey, environment), async (sequence) =>
          CachedResponse.under(sharedDigest(await digestOf(sequence)), new EndpointsJson(sequence).shared()),
        );
      const key = `shared ${endpointsKey(appKey, environment)}`;
      return (await this.cache.getOrLoad(key, load, () => ({ appKey }))) as CachedResponse;
    });
  }

  /** The cached response of {@link endpoints}. */
  cachedEndpoints(appKey: string, environment: string): CachedResponse | undefined {
    const cached = this.cache.get(endpointsKey(appKey, environment));
    return cached instanceof CachedResponse ? cached : undefined;
  }

  /**
   * The OpenAPI 3.1 document of an environment.
   *
   * @throws ApplicationNotFound, EnvironmentNotFound, NoMemoryForResponse, DocumentTooLarge
   */
  openApi(given: string, environment: string): Promise<CachedResponse> {
    return this.named(given, async (appKey) => {
      const load = (): Promise<CachedResponse> => this.writtenOpenApi(appKey, environment);
      const key = `openapi ${environment} ${appKey}`;
      return (await this.cache.getOrLoad(key, load, () => ({ appKey }))) as CachedResponse;
    });
  }

  async applicationsWithEndpoints(
    environment: string,
    query: ApplicationsWithEndpointsQuery,
    bindings: Bindings,
  ): Promise<CachedResponse | JsonStream> {
    const { healthStatus, limit, cursor } = query;
    const applications = bindings.includesEnvironment(environment) ? bindings.applications : [];
    const filter = { environment, healthStatus, applications };
    const key = `applications ${JSON.stringify([filter, limit, cursor])}`;
    const answer = await this.cache.getOrLoad(
      key,
      async () => (await this.list.answer(filter, query)) ?? new TooLarge(),
      () => 'everything',
    );
    return answer instanceof CachedResponse ? answer : this.list.stream(filter, query);
  }

  /**
   * What `read` gives for the app key, which was resolved when the request arrived, or for the one that the application got
   * since then. What is cached is always under the present one.
   */
  private async named<Result>(appKey: string, read: (appKey: string) => Promise<Result>): Promise<Result> {
    try {
      return await read(appKey);
    } catch (error) {
      if (!(error instanceof ApplicationNotFound)) throw error;
      const present = await this.aliases.resolveNow(appKey);
      if (present === appKey) throw error;
      return read(present);
    }
  }

  private async endpointsOf(appKey: string, environment: string): Promise<CachedResponse | JsonStream> {
    const load = (): Promise<CachedResponse | TooLarge> =>
      this.large.make(this.read(appKey, environment), async (sequence) => {
        const parts = new EndpointsJson(sequence).whole(MAX_SELF_CONTAINED_LENGTH);
        return parts === undefined ? new TooLarge() : CachedResponse.under(await digestOf(sequence), parts);
      });
    const key = endpointsKey(appKey, environment);
    const answer = await this.cache.getOrLoad(key, load, () => ({ appKey }));
    return answer instanceof CachedResponse ? answer : this.streamed(appKey, environment);
  }

  /** {@link endpoints} of any size. The text of the environment is in memory until the client has taken the response. */
  private streamed(appKey: string, environment: string): Promise<JsonStream> {
    return this.streams.stream((close) =>
      this.large.make(this.read(appKey, environment), (sequence) =>
        Promise.resolve(new JsonStream(new EndpointsJson(sequence).selfContained(), close)),
      ),
    );
  }

  private read(appKey: string, environment: string): (maxBytes: number) => Promise<BoundedText> {
    return async (maxBytes) =>
      existing(await this.discovery.endpoints(appKey, environment, maxBytes), appKey, environment);
  }

  private async writtenOpenApi(appKey: string, environment: string): Promise<CachedResponse> {
    const found = existing(await this.discovery.environment(appKey, environment), appKey, environment);
    const { id, name, baseDomain, applicationName, applicationDescription } = found;
    return this.documents.write(
      { title: applicationName, description: applicationDescription, version: name, baseDomain },
      (maxBytes) => this.large.within(maxBytes, () => this.discovery.registered(id, maxBytes)),
    );
  }
}

/** What was found. @throws ApplicationNotFound for undefined, EnvironmentNotFound for null */
function existing<Found>(found: Found | null | undefined, appKey: string, environment: string): Found {
  if (found === undefined) throw new ApplicationNotFound(appKey);
  if (found === null) throw new EnvironmentNotFound(appKey, environment);
  return found;
}

function endpointsKey(appKey: string, environment: string): string {
  return `endpoints ${environment} ${appKey}`;
}
