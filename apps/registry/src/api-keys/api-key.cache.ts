import { Injectable } from '@nestjs/common';
import { ReadThroughCache, type Subject } from '#libs/cache/read-through-cache.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { type ApiKeyRecord, ApiKeysRepository } from './api-keys.repository.js';

const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;
/** Approximate size of a record: ids, names and a hash. */
const RECORD_BYTES = 1024;

/** Read-through cache of API key records. */
@Injectable()
export class ApiKeyCache {
  private readonly cache: ReadThroughCache<readonly ApiKeyRecord[]>;

  constructor(
    private readonly apiKeys: ApiKeysRepository,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.cache = new ReadThroughCache(feed, metrics, {
      name: 'key-standings',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: ({ length }) => length * RECORD_BYTES,
    });
  }

  /** The cached result of {@link bySelector}. */
  cachedBySelector(selector: string): readonly ApiKeyRecord[] | undefined {
    return this.cache.get(selectorKey(selector));
  }

  /** The record of the key with this selector: one at most. */
  bySelector(selector: string): Promise<readonly ApiKeyRecord[]> {
    const load = async (): Promise<readonly ApiKeyRecord[]> => {
      const record = await this.apiKeys.recordBySelector(selector);
      return record === undefined ? [] : [record];
    };
    return this.cache.getOrLoad(selectorKey(selector), load, applicationOf);
  }

  /** The records of imported keys of all environments of the application. */
  withoutSelector(appKey: string): Promise<readonly ApiKeyRecord[]> {
    return this.cache.getOrLoad(
      `imported ${appKey}`,
      () => this.apiKeys.recordsWithoutSelector(appKey),
      applicationOf,
    );
  }
}

function selectorKey(selector: string): string {
  return `selector ${selector}`;
}

/** Unknown selectors and app keys are unbounded, and not cached. */
function applicationOf([record]: readonly ApiKeyRecord[]): Subject {
  return record === undefined ? 'nothing' : { appKey: record.appKey };
}
