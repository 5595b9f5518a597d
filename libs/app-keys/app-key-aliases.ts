import { Injectable } from '@nestjs/common';
import { ReadThroughCache } from '../cache/read-through-cache.js';
import { ALIASES, ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import { DatabaseClock } from '../database/database-clock.js';
import { Metrics } from '../metrics/metrics.js';
import { MEBIBYTE } from '../units/bytes.js';
import { LIVING_ALIAS, namedApplication } from './named-application.js';

const MAX_REMEMBERED_BYTES = 16 * MEBIBYTE;
/** Approximate size of an alias: two app keys and a time. */
const ALIAS_BYTES = 512;
const ALL = 'all';

interface Alias {
  /** The app key that the application has now. */
  readonly appKey: string;
  readonly expiresAt: Date;
}

/**
 * Says which app key an application has that is called by a former one. There are few aliases, so that all of them are in
 * memory while the change feed is current: an app key that is none costs a look into a map, known to the registry or not.
 */
@Injectable()
export class AppKeyAliases {
  private readonly cache: ReadThroughCache<ReadonlyMap<string, Alias>>;

  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    private readonly feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.cache = new ReadThroughCache(feed, metrics, {
      name: 'app-key-aliases',
      maxBytes: MAX_REMEMBERED_BYTES,
      sizeOf: ({ size }) => (size + 1) * ALIAS_BYTES,
    });
  }

  /** The app key of the application that this one names, which is itself when it is no alias; `undefined`: ask {@link resolve}. */
  resolved(appKey: string): string | undefined {
    const aliases = this.cache.get(ALL);
    return aliases && this.meaning(aliases, appKey);
  }

  /** The app key of the application that this one names; itself when it is no alias, whether there is such an application or not. */
  async resolve(appKey: string): Promise<string> {
    const known = this.resolved(appKey);
    if (known !== undefined) return known;
    if (!this.feed.isCurrent) return this.resolveNow(appKey);
    const aliases = await this.cache.getOrLoad(
      ALL,
      () => this.database.outsideTransaction(() => this.living()),
      () => ({ appKey: ALIASES }),
    );
    return this.meaning(aliases, appKey);
  }

  /** As {@link resolve}, by the database alone: for a caller that found nothing under what {@link resolve} said. */
  async resolveNow(appKey: string): Promise<string> {
    const [row] = await this.database.query<{ appKey: string }>(
      `SELECT "appKey" FROM "Application" WHERE "id" = ${namedApplication('$1')}`,
      [appKey],
    );
    return row?.appKey ?? appKey;
  }

  /** Whether the app key names this application: for a caller that would refuse otherwise. What memory does not say, the database does. */
  async isOf(
    appKey: string,
    application: { readonly applicationId: string; readonly appKey: string },
  ): Promise<boolean> {
    if (appKey === application.appKey || this.resolved(appKey) === application.appKey) return true;
    const [row] = await this.database.query<{ isOf: boolean | null }>(
      `SELECT ${namedApplication('$1')} = $2 AS "isOf"`,
      [appKey, application.applicationId],
    );
    return row?.isOf === true;
  }

  private meaning(aliases: ReadonlyMap<string, Alias>, appKey: string): string {
    const alias = aliases.get(appKey);
    return alias === undefined || alias.expiresAt <= this.clock.now() ? appKey : alias.appKey;
  }

  private async living(): Promise<ReadonlyMap<string, Alias>> {
    const rows = await this.database.query<Alias & { readonly alias: string }>(
      `SELECT l."appKey" AS "alias", a."appKey", l."expiresAt"
       FROM "AppKeyAlias" l JOIN "Application" a ON a."id" = l."applicationId" WHERE ${LIVING_ALIAS}`,
    );
    return new Map(rows.map(({ alias, ...meaning }) => [alias, meaning]));
  }
}
