import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { AppKeyAliases } from '#libs/app-keys/app-key-aliases.js';
import { ReadThroughCache } from '#libs/cache/read-through-cache.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
import { HealthSummariesService, type HealthSummary } from '../monitoring/health-summaries.service.js';
import type { ApplicationHit, EndpointHit, HitHealth, SearchResult } from './dto/search-result.js';
import type { Visibility } from './index/indexed-environment.js';
import type { Reason, SearchHit, SearchResult as Ranking } from './index/search-request.js';
import { TooManySearches } from './search.errors.js';
import { type FoundEndpoint, SearchRepository } from './search.repository.js';
import { offsetOf, searchCursor } from './search-cursor.js';
import { SearchIndex } from './search-index.js';

const MAX_REMEMBERED_BYTES = 16 * MEBIBYTE;
/** One after the other takes its turn at the index. */
const MAX_SEARCHES = 100;
/** How long figures of health are shown without being looked up. */
const FIGURES_MS = 5000;
const MAX_APPLICATIONS = 5;
const MAX_MATCHED_WORDS = 4;

export interface SearchRequest {
  /** The question, and other ways to say it; the hits of all of them are one ranking. */
  readonly phrasings: readonly string[];
  /** undefined: any. */
  readonly environment: string | undefined;
  /** App key. */
  readonly application: string | undefined;
  /** In upper case. */
  readonly method: string | undefined;
  /** Only endpoints whose environment is ACTIVE. */
  readonly healthyOnly: boolean;
  /** Which kinds of hits are asked for. */
  readonly kinds: readonly SearchKind[];
  readonly limit: number;
  readonly cursor: string | undefined;
}

export const SEARCH_KINDS = ['endpoints', 'applications'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** A hit without what changes with every probe. */
type FoundHit = Omit<EndpointHit, 'health'> & {
  readonly environmentId: string;
  readonly health: Pick<HitHealth, 'status' | 'since'>;
};

/** What is remembered of a search. */
interface Found extends Omit<SearchResult, 'hits'> {
  readonly hits: readonly FoundHit[];
}

/** Finds endpoints and applications by words, within what the caller may see. */
@Injectable()
export class SearchService {
  private readonly cache: ReadThroughCache<Found>;
  /** The result of a remembered search, the same object for a few seconds: callers remember what they make of it. */
  private readonly told = new WeakMap<Found, { readonly result: SearchResult; readonly at: number }>();
  private underWay = 0;

  constructor(
    private readonly index: SearchIndex,
    private readonly repository: SearchRepository,
    private readonly summaries: HealthSummariesService,
    private readonly aliases: AppKeyAliases,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.cache = new ReadThroughCache(feed, metrics, {
      name: 'search',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: (found) => 2 * JSON.stringify(found).length,
    });
  }

  /**
   * What an agent of these bindings finds. Nothing of an answer depends on anything outside of them: no score, no count and
   * no suggestion. Every hit exists when the answer is made.
   *
   * @throws InvalidInput for a cursor of another search, SearchNotReady, TooManySearches
   */
  async search(given: SearchRequest, bindings: Bindings): Promise<SearchResult> {
    const offset = offsetOf(given.cursor);
    const request = await this.resolved(given);
    const { applications, environments } = bindings;
    const found = await this.cache.getOrLoad(
      JSON.stringify([request, applications, environments]),
      () => this.inTurn(() => this.find(request, offset, bindings)),
      () => 'everything',
    );
    const told = this.told.get(found);
    if (told !== undefined && performance.now() - told.at < FIGURES_MS) return told.result;
    const result = await this.withFigures(found);
    this.told.set(found, { result, at: performance.now() });
    return result;
  }

  /** The id of an endpoint by its `shortId`, as far as the index knows it; any other id as it is. */
  endpointId(given: string): string {
    return this.index.idOf(given) ?? given;
  }

  /** App keys that the caller sees and that may be meant by one that there is not. */
  nearestApplications(appKey: string, bindings: Bindings): Promise<readonly string[]> {
    return this.index.endpoints.nearestApplications(
      appKey,
      ({ applicationKey, environment }) =>
        bindings.includesApplication(applicationKey) && bindings.includesEnvironment(environment),
    );
  }

  private async withFigures(found: Found): Promise<SearchResult> {
    const summaries = await this.summaries.of(found.hits.map(({ environmentId }) => environmentId));
    const hits = found.hits.map(({ environmentId, health, ...hit }) => ({
      ...hit,
      health: { ...health, ...(summaries.get(environmentId) ?? NO_PROBES) },
    }));
    return { ...found, hits };
  }

  private async resolved(request: SearchRequest): Promise<SearchRequest> {
    const { application } = request;
    return application === undefined
      ? request
      : { ...request, application: await this.aliases.resolve(application) };
  }

  private async inTurn<Result>(search: () => Promise<Result>): Promise<Result> {
    if (this.underWay >= MAX_SEARCHES) throw new TooManySearches();
    this.underWay += 1;
    try {
      return await search();
    } finally {
      this.underWay -= 1;
    }
  }

  private async find(request: SearchRequest, offset: number, bindings: Bindings): Promise<Found> {
    await this.index.upToDate();
    const isVisible = await this.visibility(request, bindings);
    const { phrasings, method, limit, kinds } = request;
    const ranked = kinds.includes('endpoints')
      ? await this.index.endpoints.search({
          phrasings,
          isVisible,
          limit,
          offset,
          ...(method !== undefined && { method }),
        })
      : NOTHING_RANKED;
    const hits = await this.existing(ranked.hits, bindings);
    const applications = kinds.includes('applications')
      ? await this.applications(phrasings[0] ?? '', isVisible, bindings)
      : [];
    return {
      hits,
      applications,
      goodMatch: ranked.goodMatch || (!kinds.includes('endpoints') && applications.length > 0),
      suggestions: ranked.suggestions,
      nextCursor: ranked.hasMore ? searchCursor(offset + limit) : null,
    };
  }

  private async visibility(
    { environment, application, healthyOnly }: SearchRequest,
    bindings: Bindings,
  ): Promise<Visibility> {
    const healthy = healthyOnly ? await this.repository.healthyEnvironments(environment) : undefined;
    return (candidate) =>
      (environment === undefined || candidate.environment === environment) &&
      (application === undefined || candidate.applicationKey === application) &&
      bindings.includesApplication(candidate.applicationKey) &&
      bindings.includesEnvironment(candidate.environment) &&
      (healthy === undefined || healthy.has(candidate.environmentId));
  }

  private async existing(ranked: readonly SearchHit[], bindings: Bindings): Promise<FoundHit[]> {
    if (ranked.length === 0) return [];
    const rows = await this.repository.found(
      ranked.map(({ id }) => id),
      bindings,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ranked.flatMap((hit) => {
      const endpoint = byId.get(hit.id);
      return endpoint === undefined ? [] : [foundHit(hit, endpoint)];
    });
  }

  private async applications(
    text: string,
    isVisible: Visibility,
    bindings: Bindings,
  ): Promise<ApplicationHit[]> {
    const ranked = await this.index.endpoints.searchApplications(text, isVisible, MAX_APPLICATIONS);
    if (ranked.length === 0) return [];
    const keys = ranked.map(({ applicationKey }) => applicationKey);
    const rows = await this.repository.foundApplications(keys, bindings);
    const byKey = new Map(rows.map((row) => [row.application, row]));
    return keys.flatMap((key) => byKey.get(key) ?? []);
  }
}

const NO_PROBES: HealthSummary = { uptime24h: null, p95: null };
const NOTHING_RANKED: Ranking = { hits: [], goodMatch: false, suggestions: [], hasMore: false };

function foundHit({ score, why }: SearchHit, endpoint: FoundEndpoint): FoundHit {
  return {
    id: endpoint.id,
    application: endpoint.application,
    environment: endpoint.environment,
    environmentId: endpoint.environmentId,
    method: endpoint.method,
    path: endpoint.path,
    name: endpoint.name,
    description: endpoint.description,
    score,
    why: reason(why),
    health: { status: endpoint.healthStatus, since: endpoint.healthStatusChangedAt?.toISOString() ?? null },
    auth: endpoint.isPublic ? 'none' : (endpoint.authType ?? endpoint.authenticationMethod),
    deprecated: endpoint.deprecated,
  };
}

/** The words that matched, by field. */
function reason(matched: readonly Reason[]): string {
  const words = new Map<string, string[]>();
  for (const { word, field } of matched.slice(0, MAX_MATCHED_WORDS)) {
    words.set(field, [...(words.get(field) ?? []), word]);
  }
  return [...words].map(([field, found]) => `${field}: ${found.join(', ')}`).join('; ');
}
