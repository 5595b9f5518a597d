import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { JsonText } from '../json/json-text.js';
import { JSON_OID } from './column-lists.js';
import { parseConnectionUrl } from './connection-url.js';
import { READ_ONLY_SQLSTATE } from './database-errors.js';
import { nameStatements } from './prepared-statements.js';

export interface ConnectionSettings {
  readonly url: string;
  readonly maxConnections: number;
  /** Called when an idle connection breaks; the pool replaces it. */
  readonly onConnectionError: (error: Error) => void;
  /** After which PostgreSQL gives up a statement, 30 s when left out; 0: never. */
  readonly statementTimeoutMs?: number;
  /**
   * Whether the URL leads to a transaction pooler: sessions keep no settings then, and each transaction sets its
   * time limit.
   */
  readonly behindPooler?: boolean;
}

type Classes = Exclude<DataSourceOptions['entities'], undefined>;

const APPLICATION_NAME = 'mcp-registry';
export const STATEMENT_TIMEOUT_MS = 30_000;
/** How much later than the statement timeout the answer may come. */
const ANSWER_GRACE_MS = 5000;

/** A data source that never changes the schema: migrations do. */
export function createDataSource(
  settings: ConnectionSettings,
  entities: Classes,
  migrations: Classes = [],
): DataSource {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS, behindPooler = false } = settings;
  const connecting = parseConnectionUrl(settings.url);
  const dataSource: DataSource = new DataSource({
    type: 'postgres',
    database: connecting.database,
    entities,
    migrations: migrations as (new () => never)[],
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.maxConnections,
    poolErrorHandler: (error: Error) => {
      // Emptied before its connections close: a connection that the server closes in the meantime is no loss.
      if (dataSource.isInitialized) settings.onConnectionError(error);
    },
    extra: {
      ...connecting,
      application_name: connecting.application_name ?? APPLICATION_NAME,
      // As text, because pg would not send a 0, which has to win over a limit of the role.
      ...(!behindPooler && { statement_timeout: String(statementTimeoutMs) }),
      keepAlive: true,
      types: { getTypeParser: typeParser },
      onConnect: (client: Connected) => {
        leaveReadOnlyServer(client);
        if (!behindPooler) nameStatements(client);
        if (statementTimeoutMs > 0) breakWhenSilent(client, statementTimeoutMs + ANSWER_GRACE_MS);
      },
    },
  });
  return dataSource;
}

/** JSON is given as the text it is: parsed, its numbers would lose digits. */
function typeParser(oid: number, format: 'text' | 'binary'): (text: string) => unknown {
  const parserOf = pg.types.getTypeParser as (oid: number, format: string) => (text: string) => unknown;
  return oid === JSON_OID && format === 'text' ? (text) => new JsonText(text) : parserOf(oid, format);
}

interface Connected {
  readonly connection: EventEmitter & { readonly stream: Socket };
  end(): Promise<void>;
  query(...parameters: unknown[]): unknown;
}

/**
 * Gives a connection up when its server writes nothing: after a failover it may be the old primary's, while a new
 * one would lead to the new primary.
 */
function leaveReadOnlyServer(client: Connected): void {
  client.connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === READ_ONLY_SQLSTATE) void client.end();
  });
}

/**
 * Breaks a connection on which nothing came for longer than any statement may take: its other end is gone
 * without a word, as after a failover or behind a firewall, and TCP would notice only after a quarter of an hour.
 */
function breakWhenSilent({ connection: { stream } }: Connected, milliseconds: number): void {
  stream.setTimeout(milliseconds, () => {
    stream.destroy(new Error(`Connection terminated: silent for ${milliseconds} ms`));
  });
}
