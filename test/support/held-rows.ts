import pg from 'pg';

/** Rows that another transaction keeps locked. */
export interface HeldRows {
  /** How many connections of the service wait for a lock. */
  waiting(): Promise<number>;
  release(): Promise<void>;
  /** As {@link release}, and keeps what the statement changed. */
  commit(): Promise<void>;
}

/** Runs a locking statement in a transaction of its own that stays open until `release()`, which undoes it, or `commit()`. */
export async function holdRows(databaseUrl: string, sql: string): Promise<HeldRows> {
  const client = new pg.Client(databaseUrl);
  // It may outlive the database.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql);
  return {
    waiting: async () => {
      // A transaction sees the same list of connections as long as it lasts unless told to look again.
      await client.query('SELECT pg_stat_clear_snapshot()');
      const { rowCount } = await client.query(
        `SELECT FROM pg_stat_activity
         WHERE "datname" = current_database() AND "application_name" = 'mcp-registry' AND "wait_event_type" = 'Lock'`,
      );
      return rowCount ?? 0;
    },
    release: () => client.end(),
    commit: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}
