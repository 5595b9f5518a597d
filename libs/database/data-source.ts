import { DataSource, type DataSourceOptions } from 'typeorm';

export interface ConnectionSettings {
  readonly url: string;
  readonly maxConnections: number;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionError: (error: Error) => void;
}

type Classes = Exclude<DataSourceOptions['entities'], undefined>;

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** A data source that never changes the schema by itself: migrations do. */
export function createDataSource(
  settings: ConnectionSettings,
  entities: Classes,
  migrations: Classes = [],
): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.url,
    entities,
    migrations: migrations as (new () => never)[],
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.maxConnections,
    poolErrorHandler: settings.onConnectionError,
    applicationName: 'mcp-registry',
    extra: {
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
    },
  });
}
