import { translateDatabaseError } from '#libs/database/database-errors.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { openRepositoryDatabase, type RepositoryDatabase } from '../support/repository-database.js';

describe('what PostgreSQL says', () => {
  let opened: RepositoryDatabase;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
  });
  afterAll(() => opened.close());

  async function meaningOf(sqlState: string): Promise<object | undefined> {
    const error: unknown = await opened.database
      .query(`DO $$ BEGIN RAISE EXCEPTION 'a secret' USING ERRCODE = '${sqlState}'; END $$`)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ driverError: { code: sqlState } });
    const meaning = translateDatabaseError(error);
    expect(meaning?.message ?? '').not.toContain('a secret');
    return meaning;
  }

  it.each([
    ['08006', 'connection_failure', 'database-unavailable', '5'],
    ['08P01', 'protocol_violation, as poolers say', 'database-unavailable', '5'],
    ['25P03', 'idle_in_transaction_session_timeout', 'database-unavailable', '5'],
    ['25P04', 'transaction_timeout', 'database-unavailable', '5'],
    ['28P01', 'invalid_password', 'database-unavailable', '5'],
    ['3D000', 'invalid_catalog_name', 'database-unavailable', '5'],
    ['53000', 'insufficient_resources', 'database-unavailable', '5'],
    ['53200', 'out_of_memory', 'database-unavailable', '5'],
    ['53300', 'too_many_connections', 'database-unavailable', '5'],
    ['57P01', 'admin_shutdown', 'database-unavailable', '5'],
    ['57P02', 'crash_shutdown', 'database-unavailable', '5'],
    ['57P03', 'cannot_connect_now', 'database-unavailable', '5'],
    ['57P05', 'idle_session_timeout', 'database-unavailable', '5'],
    ['58000', 'system_error', 'database-unavailable', '5'],
    ['58030', 'io_error', 'database-unavailable', '5'],
    ['25006', 'read_only_sql_transaction', 'database-not-writable', '30'],
    ['53100', 'disk_full', 'database-not-writable', '30'],
    ['57014', 'query_canceled', 'database-too-slow', '5'],
    ['40001', 'serialization_failure', 'transaction-conflict', '1'],
    ['40P01', 'deadlock_detected', 'transaction-conflict', '1'],
    ['55P03', 'lock_not_available', 'transaction-conflict', '1'],
  ])('%s (%s) is a 503, %s', async (sqlState, _name, code, retryAfter) => {
    expect(await meaningOf(sqlState)).toMatchObject({
      status: 503,
      code,
      headers: { 'Retry-After': retryAfter },
    });
  });

  it.each([
    ['22012', 'division_by_zero'],
    ['23505', 'unique_violation'],
    ['25P02', 'in_failed_sql_transaction'],
    ['42501', 'insufficient_privilege'],
    ['42P01', 'undefined_table'],
    ['XX000', 'internal_error'],
    ['XX001', 'data_corrupted'],
  ])('%s (%s) is an error of the client, without Retry-After', async (sqlState) => {
    expect(await meaningOf(sqlState)).toBeUndefined();
  });
});

describe('a server that became read-only', () => {
  let opened: RepositoryDatabase;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
  });
  afterAll(() => opened.close());

  const write = (): Promise<string> =>
    opened.database
      .transaction(() =>
        opened.database.query(`INSERT INTO "Application" ("id", "name", "appKey") VALUES ('a', 'a', 'a')`),
      )
      .then(
        () => 'written',
        (error: unknown) => translateDatabaseError(error)?.code ?? 'not foreseen',
      );

  it('is left by its connections, so that the next ones find the one that writes', async () => {
    const name = new URL(opened.outside.url).pathname.slice(1);
    // New sessions only: as after a failover, connections made now stay read-only whatever comes later.
    await opened.outside.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    await opened.outside.query(
      `SELECT pg_terminate_backend("pid") FROM pg_stat_activity
       WHERE "datname" = current_database() AND "application_name" = 'mcp-registry'`,
    );
    const first = await eventually(write, { fits: (outcome) => outcome !== 'database-unavailable' });
    expect(first).toBe('database-not-writable');
    await opened.outside.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = off`);
    expect(await write()).toBe('written');
  });
});
