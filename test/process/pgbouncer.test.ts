import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { Ledger } from '../support/ledger.js';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { ADMIN_KEY, AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import { SeededRandom } from '../support/seeded-random.js';
import type { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Targets, WriteLoad } from '../support/write-load.js';

const SERVER_CONNECTIONS = 3;
const installed = hasPgBouncer();
if (!installed) process.stderr.write('No pgbouncer on this machine: its tests are SKIPPED\n');

(installed ? describe : describe.skip)('behind PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let sandbox: ProcessSandbox;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    bouncer = await startPgBouncer(database.url, SERVER_CONNECTIONS);
    sandbox = await createProcessSandbox();
    service = sandbox.start({
      ...GIVEN_SECRETS,
      DATABASE_URL: bouncer.url,
      DATABASE_DIRECT_URL: database.url,
      BCRYPT_COST: '4',
    });
    url = await service.ready;
  });
  afterAll(async () => {
    await sandbox.clear();
    await bouncer.stop();
    await database.drop();
  });

  it('says so when it is not told the way round it', async () => {
    const { code, stderr } = await sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: bouncer.url }).exited;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'Database: cannot connect: unsupported startup parameter: statement_timeout; ' +
        'set DATABASE_DIRECT_URL when a transaction pooler stands before the database\n',
    });
  });

  it('changes, reads and remembers as without it, on few connections', async () => {
    const load = new WriteLoad(url, ADMIN_KEY, new SeededRandom(7), new Targets(), 'pooled');
    const running = load.run();
    await eventually(() => load.sent.filter(({ status = 500 }) => status < 300).length >= 100);
    load.stop();
    await running;
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      expect(await new Ledger().check(client, load.sent, false)).toEqual([]);
    } finally {
      await client.end();
    }
    const [pooled] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS "count" FROM pg_stat_activity
       WHERE "datname" = current_database() AND "application_name" = 'mcp-registry'`,
    );
    expect(pooled?.count).toBeLessThanOrEqual(SERVER_CONNECTIONS);
    const list = await fetch(`${url}/applications/with-endpoints`, { headers: AS_ADMIN });
    expect(list.status).toBe(200);
    expect(Array.isArray(await list.json())).toBe(true);
    expect(service.output()).not.toMatch(/Change feed disconnected|could not/);
  });
});
