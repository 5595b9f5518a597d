import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { FreshMemory, type Subject } from '#libs/memory/fresh-memory.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { ApiKeysRepository, type KeyStanding } from './api-keys.repository.js';

const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;
/** About what a standing takes: ids, names and a hash. */
const STANDING_BYTES = 1024;

/** What decides whether keys are accepted, from memory while that is surely what the database would say. */
@Injectable()
export class KeyStandings {
  private readonly memory: FreshMemory<readonly KeyStanding[]>;

  constructor(
    private readonly apiKeys: ApiKeysRepository,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.memory = new FreshMemory(feed, metrics, {
      name: 'key-standings',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: ({ length }) => length * STANDING_BYTES,
    });
  }

  /** As {@link bySelector}, if memory has it. */
  knownBySelector(selector: string): readonly KeyStanding[] | undefined {
    return this.memory.peek(selectorKey(selector));
  }

  /** Of the key with this selector: one at most. */
  bySelector(selector: string): Promise<readonly KeyStanding[]> {
    const load = async (): Promise<readonly KeyStanding[]> => {
      const standing = await this.apiKeys.standingBySelector(selector);
      return standing === undefined ? [] : [standing];
    };
    return this.memory.read(selectorKey(selector), load, applicationOf);
  }

  /** Of the keys without a selector of one environment, or of all environments of the application. */
  withoutSelector(appKey: string, environment: string | undefined): Promise<readonly KeyStanding[]> {
    return this.memory.read(
      `imported ${JSON.stringify([appKey, environment])}`,
      () => this.apiKeys.standingsWithoutSelector(appKey, environment),
      applicationOf,
    );
  }
}

function selectorKey(selector: string): string {
  return `selector ${selector}`;
}

/** There is no end of selectors and app keys that do not exist: those are not worth the room. */
function applicationOf([standing]: readonly KeyStanding[]): Subject {
  return standing === undefined ? 'nothing' : { appKey: standing.appKey };
}
