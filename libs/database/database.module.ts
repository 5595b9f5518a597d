import { type DynamicModule, Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Metrics } from '../metrics/metrics.js';
import { Tracing } from '../tracing/tracing.js';
import { ChangeFeed } from './change-feed.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { showPool } from './pool-metrics.js';
import { StatementTracing } from './statement-tracing.js';

export interface DatabaseModuleOptions {
  readonly url: string;
  /** The way round a transaction pooler, which would not let anybody listen. */
  readonly directUrl: string;
  readonly maxConnections: number;
  readonly entities: (new () => object)[];
}

/** Connects to a migrated database; disconnects after everything else has been shut down. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  static register({ url, directUrl, maxConnections, entities }: DatabaseModuleOptions): DynamicModule {
    const logger = new Logger('Database');
    const onConnectionError = (error: Error): void => {
      logger.warn(`A database connection broke: ${error.message}`);
    };
    return {
      module: DatabaseModule,
      providers: [
        Database,
        {
          provide: ChangeFeed,
          inject: [Metrics],
          useFactory: (metrics: Metrics) => new ChangeFeed(directUrl, metrics),
        },
        {
          provide: DataSource,
          inject: [Metrics, Tracing],
          useFactory: async (metrics: Metrics, tracing: Tracing) => {
            const settings = { url, maxConnections, onConnectionError };
            const dataSource = await createDataSource(settings, entities).initialize();
            showPool(dataSource, metrics);
            if (tracing.isOn) dataSource.subscribers.push(new StatementTracing(tracing));
            return dataSource;
          },
        },
      ],
      exports: [Database, ChangeFeed],
    };
  }

  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
