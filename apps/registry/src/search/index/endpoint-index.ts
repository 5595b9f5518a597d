import { Slices } from '#libs/event-loop/slices.js';
import { type ApplicationHit, applicationsByText, nearestKeys } from './application-search.js';
import type { Content } from './content.js';
import type { IndexedEndpoint, IndexedEnvironment, Visibility } from './indexed-environment.js';
import { type IndexedIds, Scope } from './scope.js';
import { Search } from './search.js';
import { SearchMemory } from './search-memory.js';
import type { SearchRequest, SearchResult } from './search-request.js';
import { type SharedContent, SharedContents } from './shared-contents.js';

/** Short, because between two pauses a search may walk through a large application. */
const SLICE_MS = 3;

interface Entry extends IndexedIds {
  readonly shared: SharedContent;
}

/**
 * Finds endpoints by questions, in memory. Every answer depends only on the environments that the caller may see: scores,
 * suggestions and order are the same whether or not there are others.
 */
export class EndpointIndex {
  private readonly contents = new SharedContents();
  private readonly environments = new Map<string, Entry>();
  /** The latest change of each environment that is being indexed. */
  private readonly changes = new Map<string, symbol>();
  private readonly memory = new SearchMemory();
  /** Of all searches, so that other work also has its turn between two short ones. */
  private readonly slices = new Slices(SLICE_MS);
  /** The end of the latest search. */
  private turn: Promise<void> = Promise.resolve();

  /** How many endpoints are indexed. */
  get size(): number {
    let size = 0;
    for (const { ids } of this.environments.values()) size += ids.length;
    return size;
  }

  /**
   * Puts an environment in the place of what the index has of it, in slices: until the promise resolves the old one is found.
   * A later change of the same environment wins, and an earlier one that is still under way has no effect.
   */
  async replace(environmentId: string, environment: IndexedEnvironment): Promise<void> {
    const change = Symbol();
    this.changes.set(environmentId, change);
    const endpoints = environment.endpoints.toSorted(inOrder);
    const shared = await this.contents.acquire(environment, endpoints);
    if (this.changes.get(environmentId) !== change) {
      this.contents.release(shared);
      return;
    }
    this.remove(environmentId);
    this.environments.set(environmentId, {
      environmentId,
      applicationKey: environment.applicationKey,
      environment: environment.environment,
      ids: endpoints.map(({ id }) => id),
      shared,
    });
  }

  /** Removes an environment: its endpoints are not found any more, and a {@link replace} under way has no effect. */
  remove(environmentId: string): void {
    this.changes.delete(environmentId);
    const entry = this.environments.get(environmentId);
    if (entry === undefined) return;
    this.environments.delete(environmentId);
    this.contents.release(entry.shared);
  }

  /** Ranks the endpoints the caller may see, in slices. */
  search(request: SearchRequest): Promise<SearchResult> {
    return this.inTurn(request.isVisible, (scope) =>
      new Search(scope, this.contents.vocabulary, this.memory, request).result(),
    );
  }

  /** Applications by key, name or description, best first; typing errors are forgiven. */
  searchApplications(text: string, isVisible: Visibility, limit: number): Promise<readonly ApplicationHit[]> {
    return this.inTurn(isVisible, (scope) => applicationsByText(text, scope, limit));
  }

  /** Keys of applications that a misspelt key may mean, nearest first. */
  nearestApplications(misspelt: string, isVisible: Visibility): Promise<readonly string[]> {
    return this.inTurn(isVisible, (scope) => nearestKeys(misspelt, scope));
  }

  /** One after another: side by side they would only take longer, and this way they share the memory. */
  private inTurn<Result>(isVisible: Visibility, work: (scope: Scope) => Promise<Result>): Promise<Result> {
    const result = this.turn.then(() => work(this.scope(isVisible)));
    this.turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  private scope(isVisible: Visibility): Scope {
    const visible = new Map<Content, IndexedIds[]>();
    for (const entry of this.environments.values()) {
      if (!isVisible(entry)) continue;
      const list = visible.get(entry.shared.content);
      if (list === undefined) visible.set(entry.shared.content, [entry]);
      else list.push(entry);
    }
    for (const entries of visible.values()) entries.sort(byEnvironment);
    return new Scope(visible, this.contents.byTerm, this.slices);
  }
}

/** By path and method, so that the order in which endpoints were registered makes no other content. */
function inOrder(a: IndexedEndpoint, b: IndexedEndpoint): number {
  return compareTexts(a.path, b.path) || compareTexts(a.method, b.method);
}

function byEnvironment(a: IndexedIds, b: IndexedIds): number {
  return compareTexts(a.environment, b.environment) || compareTexts(a.environmentId, b.environmentId);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
