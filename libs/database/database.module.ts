import { type DynamicModule, Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Metrics } from '../metrics/metrics.js';
import { Tracing } from '../tracing/tracing.js';
import { ChangeFeed } from './change-feed.js';
import { createDataSource, STATEMENT_TIMEOUT_MS } from './data-source.js';
import { Database } from './database.js';
import { DATABASE_TIME, DatabaseClock } from './database-clock.js';
import { showPool } from './pool-metrics.js';
import { StatementTracing } from './statement-tracing.js';

export interface DatabaseModuleOptions {
  readonly url: string;
  /** Connection that bypasses a transaction pooler, for LISTEN. */
  readonly directUrl: string;
  /** Those of the pool, and the one that listens. */
  readonly maxConnections: number;
  /** Whether `url` leads to a transaction pooler. */
  readonly behindPooler: boolean;
  readonly entities: (new () => object)[];
}

/** Connects to a migrated database; disconnects after everything else has been shut down. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  static register(options: DatabaseModuleOptions): DynamicModule {
    const { url, directUrl, maxConnections, behindPooler, entities } = options;
    const logger = new Logger('Database');
    const onConnectionError = (error: Error): void => {
      logger.warn(`A database connection broke: ${error.message}`);
    };
    return {
      module: DatabaseModule,
      providers: [
        DatabaseClock,
        {
          provide: Database,
          inject: [DataSource],
          useFactory: (source: DataSource) =>
            new Database(source, behindPooler ? STATEMENT_TIMEOUT_MS : undefined),
        },
        {
          provide: ChangeFeed,
          inject: [DatabaseClock, Metrics],
          useFactory: (clock: DatabaseClock, metrics: Metrics) => new ChangeFeed(directUrl, clock, metrics),
        },
        {
          provide: DataSource,
          inject: [DatabaseClock, Metrics, Tracing],
          useFactory: async (clock: DatabaseClock, metrics: Metrics, tracing: Tracing) => {
            const dataSource = await createDataSource(
              { url, maxConnections: maxConnections - 1, behindPooler, onConnectionError },
              entities,
            ).initialize();
            await setClock(clock, dataSource);
            showPool(dataSource, metrics);
            if (tracing.isOn) dataSource.subscribers.push(new StatementTracing(tracing));
            return dataSource;
          },
        },
      ],
      exports: [Database, DatabaseClock, ChangeFeed],
    };
  }

  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/** Before the first request: from then on the beats of the change feed keep it right. */
async function setClock(clock: DatabaseClock, dataSource: DataSource): Promise<void> {
  const askedAt = performance.now();
  const [row] = await dataSource.query<{ shown: number }[]>(`SELECT ${DATABASE_TIME} AS "shown"`);
  if (row !== undefined) clock.read(row.shown, askedAt, performance.now());
}
