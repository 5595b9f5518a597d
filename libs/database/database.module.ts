import { type DynamicModule, Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from './change-feed.js';
import { createDataSource } from './data-source.js';
import { DATABASE_TIME, DatabaseClock } from './database-clock.js';
import { Database } from './database.js';

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
        DatabaseClock,
        {
          provide: ChangeFeed,
          inject: [DatabaseClock],
          useFactory: (clock: DatabaseClock) => new ChangeFeed(directUrl, clock),
        },
        {
          provide: DataSource,
          inject: [DatabaseClock],
          useFactory: async (clock: DatabaseClock) => {
            const settings = { url, maxConnections, onConnectionError };
            const dataSource = await createDataSource(settings, entities).initialize();
            await setClock(clock, dataSource);
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
