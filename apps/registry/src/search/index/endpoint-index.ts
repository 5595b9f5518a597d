import { createHash } from 'node:crypto';
import { Vocabulary } from '#libs/text-search/vocabulary.js';
import { type ApplicationHit, applicationsByText, nearestKeys } from './application-search.js';
import { buildContent, type Content } from './content.js';
import type { IndexedEndpoint, IndexedEnvironment, Visibility } from './indexed-environment.js';
import { type IndexedIds, Scope } from './scope.js';
import { Search } from './search.js';
import type { SearchRequest, SearchResult } from './search-request.js';

interface SharedContent {
  readonly fingerprint: string;
  readonly content: Content;
  environments: number;
}

interface Entry extends IndexedIds {
  readonly shared: SharedContent;
}

/**
 * Finds endpoints by questions, in memory. Every answer depends only on the environments that the caller may see: scores,
 * suggestions and order are the same whether or not there are others.
 */
export class EndpointIndex {
  private readonly vocabulary = new Vocabulary();
  private readonly environments = new Map<string, Entry>();
  private readonly contents = new Map<string, SharedContent>();
  /** The latest change of each environment that is being indexed. */
  private readonly changes = new Map<string, symbol>();

  /** How many endpoints are indexed. */
  get size(): number {
    let size = 0;
    for (const { ids } of this.environments.values()) size += ids.length;
    return size;
  }

  /**
   * Puts an environment in the place of what the index has of it, in slices: until it is done the old one is found. A later
   * change of the same environment wins.
   */
  async replace(environmentId: string, environment: IndexedEnvironment): Promise<void> {
    const change = Symbol();
    this.changes.set(environmentId, change);
    const endpoints = environment.endpoints.toSorted(inOrder);
    const fingerprint = fingerprintOf(environment, endpoints);
    const shared = this.contents.get(fingerprint) ?? {
      fingerprint,
      content: await buildContent(environment, endpoints, this.vocabulary),
      environments: 0,
    };
    if (this.changes.get(environmentId) !== change) {
      if (shared.environments === 0) this.release(shared.content);
      return;
    }
    this.changes.delete(environmentId);
    const kept = this.keep(shared);
    this.drop(environmentId);
    this.environments.set(environmentId, {
      environmentId,
      applicationKey: environment.applicationKey,
      environment: environment.environment,
      ids: endpoints.map(({ id }) => id),
      shared: kept,
    });
  }

  /** Removes an environment; its endpoints are not found any more. */
  remove(environmentId: string): void {
    this.changes.delete(environmentId);
    this.drop(environmentId);
  }

  /** Ranks the endpoints the caller may see, in slices. */
  async search(request: SearchRequest): Promise<SearchResult> {
    return new Search(this.scope(request.isVisible), this.vocabulary, request).result();
  }

  /** Applications by key, name or description, best first; typing errors are forgiven. */
  async searchApplications(
    text: string,
    isVisible: Visibility,
    limit: number,
  ): Promise<readonly ApplicationHit[]> {
    return applicationsByText(text, this.scope(isVisible), limit);
  }

  /** Keys of applications that a misspelt key may mean, nearest first. */
  async nearestApplications(misspelt: string, isVisible: Visibility): Promise<readonly string[]> {
    return nearestKeys(misspelt, this.scope(isVisible));
  }

  private scope(isVisible: Visibility): Scope {
    const visible = new Map<Content, IndexedIds[]>();
    for (const entry of this.environments.values()) {
      if (!isVisible(entry)) continue;
      const list = visible.get(entry.shared.content);
      if (list === undefined) visible.set(entry.shared.content, [entry]);
      else list.push(entry);
    }
    return new Scope(visible);
  }

  /** The same content that another environment brought in the meantime, or this one. */
  private keep(shared: SharedContent): SharedContent {
    const known = this.contents.get(shared.fingerprint);
    if (known !== undefined && known !== shared) this.release(shared.content);
    const kept = known ?? shared;
    kept.environments += 1;
    this.contents.set(kept.fingerprint, kept);
    return kept;
  }

  private drop(environmentId: string): void {
    const entry = this.environments.get(environmentId);
    if (entry === undefined) return;
    this.environments.delete(environmentId);
    const { shared } = entry;
    shared.environments -= 1;
    if (shared.environments > 0) return;
    this.contents.delete(shared.fingerprint);
    this.release(shared.content);
  }

  private release(content: Content): void {
    for (const term of content.terms) this.vocabulary.release(term);
  }
}

/** By path and method, so that the order in which endpoints were registered makes no other content. */
function inOrder(a: IndexedEndpoint, b: IndexedEndpoint): number {
  return compareText(a.path, b.path) || compareText(a.method, b.method);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same for environments of one application whose endpoints differ in nothing but their ids. */
function fingerprintOf(environment: IndexedEnvironment, endpoints: readonly IndexedEndpoint[]): string {
  const hash = createHash('sha256');
  const { applicationKey, applicationName, applicationDescription } = environment;
  hash.update(JSON.stringify([applicationKey, applicationName, applicationDescription]));
  for (const { id: _id, ...content } of endpoints)
    hash.update(JSON.stringify(Object.entries(content).sort()));
  return hash.digest('base64');
}
