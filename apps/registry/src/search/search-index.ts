import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { Database } from '#libs/database/database.js';
import { DatabaseUnavailable, translateDatabaseError } from '#libs/database/database-errors.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { shortId } from '#libs/short-ids/short-id.js';
import { EndpointIndex } from './index/endpoint-index.js';
import type { IndexedEndpoint } from './index/indexed-environment.js';
import { readAtOnce } from './read-at-once.js';
import { SearchNotReady } from './search.errors.js';
import { type SearchableEnvironment, SearchRepository } from './search.repository.js';

/** Between two comparisons with the whole database, while the change feed is not current. */
const COMPARISON_INTERVAL_MS = 1000;
/** How long a search waits for the first reading. */
const MAX_WAIT_MS = 5000;

/** An environment that is in the index. */
interface KnownEnvironment extends SearchableEnvironment {
  /** Of its endpoints. */
  readonly ids: readonly string[];
}

/**
 * The index of all endpoints, read when the service starts and kept in step by the change feed: a change is in it when the
 * next search begins, in the process that made it, and within the delay of the feed in all others.
 */
@Injectable()
export class SearchIndex implements OnApplicationShutdown {
  readonly endpoints = new EndpointIndex();
  private readonly logger = new Logger(SearchIndex.name);
  private readonly known = new Map<string, KnownEnvironment>();
  private readonly environmentsOf = new Map<string, Set<string>>();
  private readonly ids = new Map<string, string>();
  private changed = new Set<string>();
  private everythingChanged = true;
  /** How many changes were told, and how many of them are in the index. */
  private told = 1;
  private taken = 0;
  private comparedAt = -Infinity;
  private pass: Promise<void> | undefined;
  private comparison: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly repository: SearchRepository,
    private readonly database: Database,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    feed.subscribeToApplications((appKey) => {
      this.note(appKey);
    });
    metrics.gauge(
      {
        name: 'mcp_registry_search_index_endpoints',
        help: 'Endpoints in the search index of a process.',
        ofWorkers: 'max',
      },
      {},
      () => this.endpoints.size,
    );
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.comparison);
  }

  /** The id of an indexed endpoint by its short form. */
  idOf(short: string): string | undefined {
    return this.ids.get(short);
  }

  /**
   * Resolves when every change that was told before is in the index.
   *
   * @throws SearchNotReady when nothing was read yet
   */
  async upToDate(): Promise<void> {
    if (this.comparedAt === -Infinity) await this.firstReading();
    const needed = this.told;
    while (this.taken < needed) await this.nextPass();
  }

  private async firstReading(): Promise<void> {
    const late = new AbortController();
    const waited = sleep(MAX_WAIT_MS, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.nextPass(), waited]).finally(() => {
      late.abort();
    });
    if (this.comparedAt === -Infinity) throw new SearchNotReady();
  }

  private note(appKey: string | undefined): void {
    this.told += 1;
    if (appKey === undefined) this.everythingChanged = true;
    else this.changed.add(appKey);
    this.beginPass();
  }

  /** The feed repeats itself while it is interrupted: the whole is compared once a second at most. */
  private beginPass(): void {
    if (this.stopped || this.pass !== undefined || this.comparison !== undefined) return;
    const delay = this.everythingChanged
      ? Math.max(0, this.comparedAt + COMPARISON_INTERVAL_MS - performance.now())
      : 0;
    const begin = (): void => {
      this.comparison = undefined;
      this.nextPass().catch((error: unknown) => {
        // The next change, or the next search, tries again. That the database is away, the change feed has said.
        if (translateDatabaseError(error) instanceof DatabaseUnavailable) return;
        this.logger.warn(`The search index could not be brought up to date: ${(error as Error).message}`);
      });
    };
    if (delay === 0) begin();
    else this.comparison = setTimeout(begin, delay).unref();
  }

  /** The pass under way, or a new one. */
  private nextPass(): Promise<void> {
    // A change is told within the transaction that has made it, which has ended by now.
    this.pass ??= this.database
      .outsideTransaction(() => this.takeChanges())
      .finally(() => {
        this.pass = undefined;
      });
    return this.pass;
  }

  private async takeChanges(): Promise<void> {
    const upTo = this.told;
    const { changed, everythingChanged } = this;
    this.changed = new Set();
    this.everythingChanged = false;
    try {
      if (everythingChanged) await this.compareAll();
      else for (const appKey of changed) await this.compareApplication(appKey);
    } catch (error) {
      this.everythingChanged ||= everythingChanged;
      for (const appKey of changed) this.changed.add(appKey);
      throw error;
    }
    this.taken = upTo;
    if (this.told > upTo)
      setImmediate(() => {
        this.beginPass();
      });
  }

  private async compareAll(): Promise<void> {
    await this.compare(new Set(this.known.keys()), await this.repository.environments());
    this.comparedAt = performance.now();
  }

  private async compareApplication(appKey: string): Promise<void> {
    const known = this.environmentsOf.get(appKey) ?? new Set();
    await this.compare(new Set(known), await this.repository.environments(appKey));
  }

  /** Brings the index from the environments `before` to those that there are now. */
  private async compare(before: Set<string>, now: readonly SearchableEnvironment[]): Promise<void> {
    const different = now.filter((environment) => !isSame(this.known.get(environment.id), environment));
    for (const { id } of now) before.delete(id);
    for (const id of before) this.remove(id);
    for (const environments of readAtOnce(different)) {
      if (this.stopped) return;
      await this.read(environments);
    }
  }

  private async read(environments: readonly SearchableEnvironment[]): Promise<void> {
    const endpoints = new Map<string, IndexedEndpoint[]>(environments.map(({ id }) => [id, []]));
    for (const endpoint of await this.repository.endpoints([...endpoints.keys()])) {
      endpoints.get(endpoint.environmentId)?.push(endpoint);
    }
    for (const environment of environments) {
      const contents = endpoints.get(environment.id) ?? [];
      await this.endpoints.replace(environment.id, { ...environment, endpoints: contents });
      this.forget(environment.id);
      const ids = contents.map(({ id }) => id);
      for (const id of ids) this.ids.set(shortId(id), id);
      this.known.set(environment.id, { ...environment, ids });
      const siblings = this.environmentsOf.get(environment.applicationKey) ?? new Set();
      this.environmentsOf.set(environment.applicationKey, siblings.add(environment.id));
    }
  }

  private remove(id: string): void {
    this.endpoints.remove(id);
    this.forget(id);
  }

  private forget(id: string): void {
    const known = this.known.get(id);
    if (known === undefined) return;
    this.known.delete(id);
    for (const endpointId of known.ids) this.ids.delete(shortId(endpointId));
    const siblings = this.environmentsOf.get(known.applicationKey);
    siblings?.delete(id);
    if (siblings?.size === 0) this.environmentsOf.delete(known.applicationKey);
  }
}

function isSame(known: SearchableEnvironment | undefined, now: SearchableEnvironment): boolean {
  return (
    known?.version === now.version &&
    known.environment === now.environment &&
    known.applicationKey === now.applicationKey &&
    known.applicationName === now.applicationName &&
    known.applicationDescription === now.applicationDescription
  );
}
