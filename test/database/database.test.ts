import type { DataSource } from 'typeorm';
import { createDataSource } from '#libs/database/data-source.js';
import { Database } from '#libs/database/database.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { createApplication } from '../support/builders.js';
import { duringOutage } from '../support/database-outage.js';
import { eventually } from '../support/eventually.js';
import { type HeldRows, holdRows } from '../support/held-rows.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const MAX_CONNECTIONS = 2;
const OF_THE_SERVICE = `FROM pg_stat_activity WHERE "datname" = current_database() AND "application_name" = 'mcp-registry'`;

describe('transactions', () => {
  let store: TestDatabase;
  let source: DataSource;
  let database: Database;

  beforeAll(async () => {
    store = await createTestDatabase({ migrated: false });
    await store.query('CREATE TABLE "note" ("text" text PRIMARY KEY)');
  });
  afterAll(() => store.drop());

  beforeEach(async () => {
    await store.query('TRUNCATE "note"');
    source = createDataSource(
      { url: store.url, maxConnections: MAX_CONNECTIONS, onConnectionError: () => undefined },
      [],
    );
    await source.initialize();
    database = new Database(source);
  });
  afterEach(() => source.destroy());

  const write = (text: string): Promise<unknown> => database.query('INSERT INTO "note" VALUES ($1)', [text]);
  const backend = async (): Promise<number> => {
    const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS "pid"');
    return row?.pid ?? 0;
  };
  const notes = async (): Promise<string[]> =>
    (await store.query<{ text: string }>('SELECT "text" FROM "note" ORDER BY "text"')).map(
      ({ text }) => text,
    );
  const inTransaction = async (): Promise<number> =>
    (await store.query(`SELECT ${OF_THE_SERVICE} AND "xact_start" IS NOT NULL`)).length;
  /** Every connection of the pool can still be taken: none was kept. */
  async function expectAllConnectionsFree(): Promise<void> {
    const pids = await Promise.all(
      Array.from({ length: MAX_CONNECTIONS }, () =>
        database.transaction(async () => {
          const pid = await backend();
          await database.query('SELECT pg_sleep(0.05)');
          return pid;
        }),
      ),
    );
    expect(new Set(pids).size).toBe(MAX_CONNECTIONS);
    expect(await inTransaction()).toBe(0);
  }

  it('commits when the work is done, and shows nothing before', async () => {
    const result = await database.transaction(async () => {
      await write('one');
      await write('two');
      expect(await notes()).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await notes()).toEqual(['one', 'two']);
    await expectAllConnectionsFree();
  });

  it('rolls everything back when the work fails, and reports its failure', async () => {
    const failure = new Error('of the work');
    const work = database.transaction(async () => {
      await write('one');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    await expect(
      database.transaction(async () => {
        await write('two');
        await write('two');
      }),
    ).rejects.toMatchObject({ driverError: { code: '23505' } });
    expect(await notes()).toEqual([]);
    await expectAllConnectionsFree();
  });

  it('runs what comes first before the first statement, in the transaction, and without one not at all', async () => {
    const opened: number[] = [];
    const first = async (): Promise<void> => {
      opened.push(await backend());
      await write('first');
    };
    expect(await database.transaction(() => Promise.resolve('no statement'), first)).toBe('no statement');
    expect(opened).toEqual([]);
    const pid = await database.transaction(async () => {
      await Promise.all([write('one'), write('two')]);
      expect(await notes()).toEqual([]);
      return backend();
    }, first);
    expect(opened).toEqual([pid]);
    expect(await notes()).toEqual(['first', 'one', 'two']);
  });

  it('runs no statement and commits nothing when what comes first fails, even when that is caught', async () => {
    const failure = new Error('of the first');
    const work = database.transaction(
      async () => {
        await expect(write('one')).rejects.toBe(failure);
        await expect(write('two')).rejects.toBe(failure);
      },
      async () => {
        await write('first');
        throw failure;
      },
    );
    await expect(work).rejects.toBe(failure);
    expect(await notes()).toEqual([]);
    await expectAllConnectionsFree();
  });

  it('joins the transaction it is called in', async () => {
    const failed = database.transaction(async () => {
      await write('outer');
      const outer = await backend();
      await database.transaction(async () => {
        expect(await backend()).toBe(outer);
        await write('inner');
      });
      expect(await notes()).toEqual([]);
      throw new Error('after the inner one');
    });
    await expect(failed).rejects.toThrow('after the inner one');
    expect(await notes()).toEqual([]);
  });

  it('takes no connection before the first statement, and none when there is no statement', async () => {
    const [first, second] = [source.createQueryRunner(), source.createQueryRunner()];
    await Promise.all([first.connect(), second.connect()]);
    let reached = false;
    try {
      // The pool is exhausted: another query has to wait.
      expect(await database.transaction(() => Promise.resolve('no statement'))).toBe('no statement');
      const waiting = database.transaction(async () => {
        reached = true;
        await write('at last');
      });
      await eventually(() => reached);
      expect(await notes()).toEqual([]);
      await first.release();
      await waiting;
    } finally {
      await first.release();
      await second.release();
    }
    expect(await notes()).toEqual(['at last']);
  });

  it('uses one connection for statements issued side by side', async () => {
    await database.transaction(async () => {
      const pids = await Promise.all([backend(), backend(), database.transaction(() => backend())]);
      expect(new Set(pids).size).toBe(1);
      await Promise.all(['a', 'b', 'c'].map(write));
    });
    expect(await notes()).toEqual(['a', 'b', 'c']);
    await expectAllConnectionsFree();
  });

  it('keeps transactions that run side by side apart', async () => {
    const pids: number[] = [];
    const one = database.transaction(async () => {
      pids.push(await backend());
      await write('kept');
      await eventually(() => pids.length === 2);
    });
    const other = database.transaction(async () => {
      pids.push(await backend());
      await write('dropped');
      await eventually(() => pids.length === 2);
      throw new Error('only this one');
    });
    await expect(other).rejects.toThrow('only this one');
    await one;
    expect(new Set(pids).size).toBe(2);
    expect(await notes()).toEqual(['kept']);
  });

  it('limits the statements of a transaction when a pooler keeps sessions from having a limit', async () => {
    const pooled = new Database(source, 12_345);
    const limit = async (): Promise<unknown> => (await pooled.query('SHOW statement_timeout'))[0];
    expect(await pooled.transaction(limit)).toEqual({ statement_timeout: '12345ms' });
    // Gone with the transaction: the session is reused by other work.
    expect(await limit()).toEqual({ statement_timeout: '30s' });
  });

  it('refuses a statement that comes after the end, rather than run it outside', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let late: Promise<unknown> = Promise.resolve();
    await database.transaction(() => {
      late = ended.then(() => write('late'));
      return Promise.resolve();
    });
    end();
    await expect(late).rejects.toThrow('Query after the end of its transaction');
    await expectAllConnectionsFree();
    expect(await notes()).toEqual([]);
  });

  it('gives back what a begin that failed had taken', async () => {
    await duringOutage(store, async () => {
      for (let attempt = 0; attempt < 2 * MAX_CONNECTIONS; attempt++) {
        await expect(database.transaction(() => write('never'))).rejects.toBeDefined();
      }
    });
    await expectAllConnectionsFree();
    expect(await notes()).toEqual([]);
  });

  it('leaves nothing half done when it is closed, nor lets others finish it', async () => {
    const settings = { maxConnections: 1, onConnectionError: () => undefined };
    const closed = new Database(
      await createDataSource({ ...settings, url: `${store.url}?connect_timeout=1` }, []).initialize(),
    );
    let goOn: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (goOn = resolve));
    const insert = (text: string): Promise<unknown> => closed.query('INSERT INTO "note" VALUES ($1)', [text]);
    const begun = closed.transaction(async () => {
      await insert('half');
      await told;
      await insert('other half');
    });
    await eventually(async () => (await inTransaction()) === 1);
    // It waits for a connection, and would get one in the middle of another transaction.
    const waiting = closed.transaction(() => insert('waiting'));
    const outcomes = Promise.allSettled([begun, waiting]);
    await closed.close();
    goOn();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await notes()).toEqual([]);
  });

  it('does not acknowledge a transaction whose connection broke, at whatever point', async () => {
    const terminate = async (): Promise<void> => {
      const pid = await backend();
      await store.query('SELECT pg_terminate_backend($1)', [pid]);
      await eventually(
        async () => (await store.query('SELECT FROM pg_stat_activity WHERE "pid" = $1', [pid])).length === 0,
      );
    };
    const beforeCommit = database.transaction(async () => {
      await write('before the commit');
      await terminate();
    });
    await expect(beforeCommit).rejects.toMatchObject({
      code: 'commit-uncertain',
      status: 503,
      headers: { 'Retry-After': '5' },
    });
    const betweenStatements = database.transaction(async () => {
      await write('between statements');
      await terminate();
      await write('never');
    });
    const error: unknown = await betweenStatements.catch((reason: unknown) => reason);
    expect(translateDatabaseError(error)).toMatchObject({ code: 'database-unavailable', status: 503 });
    expect(await notes()).toEqual([]);
    await expectAllConnectionsFree();
  });
});

describe('the database going away', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const hold = (): Promise<HeldRows> => holdRows(app.database.url, 'SELECT FROM "Application" FOR UPDATE');
  const update = (
    appKey: string,
    description: string,
  ): Promise<{ status: number; headers: Record<string, string>; body: Record<string, unknown> }> =>
    app.http
      .put(`/applications/${appKey}`)
      .set(AS_ADMIN)
      .send({ description })
      .then((response) => response as never);

  it('in the middle of requests gives them 503 with Retry-After, undoes them, and is got over', async () => {
    await createApplication(app, { appKey: 'interrupted' });
    const rows = await hold();
    const pending = Array.from({ length: 4 }, (_, index) => update('interrupted', `attempt ${index}`));
    const answers = Promise.all(pending);
    await eventually(async () => (await rows.waiting()) === 4);
    await app.database.query(`SELECT pg_terminate_backend("pid") ${OF_THE_SERVICE}`);
    for (const { status, headers, body } of await answers) {
      expect({ status, retryAfter: headers['retry-after'], type: headers['content-type'] }).toEqual({
        status: 503,
        retryAfter: '5',
        type: expect.stringMatching(/^application\/problem\+json/),
      });
      expect(body).toEqual({
        type: 'urn:mcp-registry:problem:database-unavailable',
        title: 'Database unavailable',
        status: 503,
        detail: 'The registry cannot reach its database at the moment. Nothing was changed.',
        instance: '/applications/interrupted',
        requestId: headers['x-request-id'],
      });
    }
    await rows.release();
    expect(
      await app.database.query(
        `SELECT a."description", (SELECT count(*)::int FROM "AuditLog" l WHERE l."appKey" = a."appKey" AND l."action" = 'application.updated') AS "entries"
         FROM "Application" a WHERE a."appKey" = 'interrupted'`,
      ),
    ).toEqual([{ description: null, entries: 0 }]);
    // More requests than there are connections: all of them were replaced.
    const afterwards = await Promise.all(
      Array.from({ length: 20 }, (_, index) => update('interrupted', `then ${index}`)),
    );
    expect(afterwards.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  it('while idle is not even noticed', async () => {
    await createApplication(app, { appKey: 'idle' });
    await app.database.query(`SELECT pg_terminate_backend("pid") ${OF_THE_SERVICE}`);
    await eventually(async () => (await app.database.query(`SELECT ${OF_THE_SERVICE}`)).length === 0);
    // The news of a broken connection may still be on its way to the pool.
    await eventually(async () => (await update('idle', 'after the loss')).status === 200);
    expect((await app.http.get('/health/ready')).status).toBe(200);
  });

  it('answers 503 while it refuses connections, and serves again as soon as it does not', async () => {
    await createApplication(app, { appKey: 'closed' });
    await duringOutage(app.database, async () => {
      await eventually(async () => (await app.http.get('/health/ready')).status === 503);
      for (const [path, headers] of [
        ['/applications', AS_ADMIN],
        ['/endpoints?app_key=closed', {}],
        ['/health', {}],
        ['/health/ready', {}],
      ] as const) {
        const response = await app.http.get(path).set(headers);
        expect([path, response.status, response.headers['retry-after']]).toEqual([path, 503, '5']);
      }
      expect((await app.http.get('/health/live')).status).toBe(200);
    });
    expect((await update('closed', 'open again')).status).toBe(200);
    await eventually(async () => (await app.http.get('/health/ready')).status === 200);
  });

  it('cancelling a statement gives 503 with Retry-After and undoes the request', async () => {
    await createApplication(app, { appKey: 'cancelled' });
    const rows = await hold();
    const pending = update('cancelled', 'too late');
    const answer = Promise.resolve(pending);
    await eventually(async () => (await rows.waiting()) === 1);
    await app.database.query(
      `SELECT pg_cancel_backend("pid") ${OF_THE_SERVICE} AND "wait_event_type" = 'Lock'`,
    );
    const { status, headers, body } = await answer;
    expect({ status, retryAfter: headers['retry-after'], type: body.type }).toEqual({
      status: 503,
      retryAfter: '5',
      type: 'urn:mcp-registry:problem:database-too-slow',
    });
    await rows.release();
    expect((await update('cancelled', 'in time')).status).toBe(200);
  });
});

describe('the audit trail', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    await createApplication(app);
  });
  afterAll(() => app.close());

  it.each([
    ['UPDATE', `UPDATE "AuditLog" SET "actor" = 'absent'`],
    ['DELETE', 'DELETE FROM "AuditLog"'],
    ['TRUNCATE', 'TRUNCATE "AuditLog"'],
    ['TRUNCATE', 'TRUNCATE "Application" CASCADE; TRUNCATE "AuditLog" CASCADE'],
  ])('refuses %s', async (operation, sql) => {
    const before = await app.database.query('SELECT * FROM "AuditLog"');
    expect(before).toHaveLength(1);
    await expect(app.database.query(sql)).rejects.toMatchObject({
      code: '42501',
      message: `The audit trail is append-only: ${operation} on "AuditLog" is refused`,
    });
    expect(await app.database.query('SELECT * FROM "AuditLog"')).toEqual(before);
  });
});
