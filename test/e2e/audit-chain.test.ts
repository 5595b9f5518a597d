import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { AuditPruningService } from '#registry/audit/audit-pruning.service.js';
import { adoptTrail, signMigratedTrail } from '#registry/audit/chain/adopt-trail.js';
import { AuditSealer } from '#registry/audit/chain/audit-sealer.js';
import { AuditVerification, type VerifiedTrail } from '#registry/audit/chain/audit-verification.js';
import { eventually } from '../support/eventually.js';
import { stopIntervals } from '../support/intervals.js';
import { afterEach, describe, expect, it } from '../support/jest.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

interface Head {
  readonly number: number;
  readonly hash: string;
  readonly sealedAt: string | null;
  readonly unsealed: number;
}

describe('the chain of the audit trail', () => {
  const open: TestApp[] = [];
  const databases: TestDatabase[] = [];

  afterEach(async () => {
    for (const { nest } of open.splice(0)) await nest.close();
    for (const database of databases.splice(0)) await database.drop();
  });

  async function database(options?: { migrated: boolean }): Promise<TestDatabase> {
    const made = await createTestDatabase(options);
    databases.push(made);
    return made;
  }

  async function service(
    on: TestDatabase,
    settings: Record<string, string> = {},
    jobs = false,
  ): Promise<TestApp> {
    const app = await startApp(settings, on);
    if (!jobs) stopIntervals(app);
    open.push(app);
    return app;
  }

  const change = async ({ http }: TestApp, name: string): Promise<void> => {
    await http.post('/applications').set(AS_ADMIN).send({ name, appKey: name }).expect(201);
  };
  const headOf = async ({ http }: TestApp): Promise<Head> =>
    (await http.get('/audit-logs/head').set(AS_ADMIN).expect(200)).body as Head;
  const verify = async ({ nest }: TestApp): Promise<VerifiedTrail | undefined> =>
    nest.get(AuditVerification).verify(undefined, () => false);
  const seal = ({ nest }: TestApp): Promise<void> => nest.get(AuditSealer).seal();

  it('has every entry within a second, whichever replica wrote it, each once', async () => {
    const shared = await database();
    const replicas = [await service(shared, {}, true), await service(shared, {}, true)];
    const [first, second] = replicas as [TestApp, TestApp];
    await Promise.all(Array.from({ length: 40 }, (_, n) => change(n % 2 === 0 ? first : second, `app-${n}`)));
    await eventually(async () => (await headOf(second)).number === 40, { within: 2000 });
    expect(await headOf(first)).toEqual({
      number: 40,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      sealedAt: expect.stringMatching(/Z$/),
      unsealed: 0,
    });
    expect(await verify(first)).toMatchObject({ entries: 40, unsealed: 0, problems: [] });
    const numbers = await shared.query<{ number: string }>(
      `SELECT "number" FROM "AuditSeal" ORDER BY "number"`,
    );
    expect(numbers.map(({ number }) => Number(number))).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });

  it('leaves out what the registry did not write, and goes on', async () => {
    const app = await service(await database());
    await change(app, 'before');
    await app.database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType") VALUES ('forged', '2020-01-01', 'application.deleted', 'admin', 'application')`,
    );
    await app.database.query(
      `INSERT INTO "AuditSeal" ("entryId", "mac") VALUES ('forged', repeat('ab', 32))`,
    );
    await seal(app);
    await change(app, 'after');
    await seal(app);
    expect(await headOf(app)).toMatchObject({ number: 2, unsealed: 0 });
    expect(await verify(app)).toMatchObject({
      entries: 2,
      problems: [expect.stringMatching(/^The entry forged was not written by the registry/)],
    });
  });

  it('does not go on behind a head that someone else has written', async () => {
    const app = await service(await database());
    await change(app, 'before');
    await seal(app);
    await app.database.query(`UPDATE "AuditHead" SET "hash" = repeat('ab', 32)`);
    await change(app, 'after');
    await seal(app);
    expect(await headOf(app)).toMatchObject({ number: 1, unsealed: 1 });
  });

  it.each(['AuditLog', 'AuditSeal'])(
    'is protected by triggers of %s from all but its own statements',
    async (table) => {
      const app = await service(await database());
      await change(app, 'before');
      await seal(app);
      const column = table === 'AuditLog' ? 'action' : 'hash';
      for (const statement of [
        `UPDATE "${table}" SET "${column}" = 'x'`,
        `DELETE FROM "${table}"`,
        `TRUNCATE "${table}"`,
      ]) {
        await expect(app.database.query(statement)).rejects.toThrow('append-only');
      }
    },
  );

  it('has signed anchors where retention took entries away, adjacent ones as one', async () => {
    const app = await service(await database(), { AUDIT_RETENTION_DAYS: '10' });
    for (let n = 0; n < 8; n += 1) await change(app, `app-${n}`);
    await seal(app);
    // As if they had been written long ago; those that are verified later are not changed.
    await app.database.query(`ALTER TABLE "AuditLog" DISABLE TRIGGER USER`);
    const age = async (...numbers: number[]): Promise<void> => {
      await app.database.query(
        `UPDATE "AuditLog" SET "createdAt" = now() - interval '20 days' WHERE "id" IN (SELECT "entryId" FROM "AuditSeal" WHERE "number" = ANY($1))`,
        [numbers],
      );
    };
    await age(1, 2, 5);
    await app.nest.get(AuditPruningService).prune();
    const anchors = async (): Promise<number[][]> =>
      (
        await app.database.query<{ firstNumber: string; lastNumber: string }>(
          `SELECT "firstNumber", "lastNumber" FROM "AuditAnchor" ORDER BY "firstNumber"`,
        )
      ).map(({ firstNumber, lastNumber }) => [Number(firstNumber), Number(lastNumber)]);
    expect(await anchors()).toEqual([
      [1, 2],
      [5, 5],
    ]);
    await seal(app);
    expect(await verify(app)).toMatchObject({ entries: 6, pruned: 3, problems: [] });
    await age(3, 4);
    await app.nest.get(AuditPruningService).prune();
    await seal(app);
    expect(await anchors()).toEqual([[1, 5]]);
    expect(await verify(app)).toMatchObject({ entries: 5, pruned: 5, problems: [] });
    await app.database.query(`UPDATE "AuditAnchor" SET "lastNumber" = 6`);
    await app.database.query(
      `DELETE FROM "AuditLog" WHERE "id" IN (SELECT "entryId" FROM "AuditSeal" WHERE "number" = 6)`,
    );
    await app.database.query(`ALTER TABLE "AuditSeal" DISABLE TRIGGER USER`);
    await app.database.query(`DELETE FROM "AuditSeal" WHERE "number" = 6`);
    expect((await verify(app))?.problems).toEqual([
      'The anchor of the numbers 1 to 6 is not signed by the registry.',
      'The numbers 1 to 6 were removed.',
    ]);
  });

  it('is signed again when SECRET_KEY is replaced, so that the old value can go', async () => {
    const shared = await database();
    const old = 'the-secret-key-of-before-0123456789';
    const next = 'the-secret-key-of-afterwards-987654';
    const before = await service(shared, { SECRET_KEY: old });
    await change(before, 'before');
    await seal(before);
    const both = await service(shared, { SECRET_KEY: `${next},${old}` });
    await change(before, 'meanwhile');
    await seal(both);
    const after = await service(shared, { SECRET_KEY: next });
    expect(await verify(after)).toMatchObject({ entries: 2, problems: [] });
    await change(after, 'after');
    await seal(after);
    expect(await verify(after)).toMatchObject({ entries: 3, problems: [] });
  });

  it('is adopted at the word of an operator, when SECRET_KEY was replaced alone', async () => {
    const shared = await database();
    const before = await service(shared);
    await change(before, 'before');
    await seal(before);
    const replaced = 'a-secret-key-that-replaced-another-1';
    const after = await service(shared, { SECRET_KEY: replaced });
    await change(after, 'after');
    await seal(after);
    expect(await headOf(after)).toMatchObject({ number: 1, unsealed: 1 });
    expect(await adoptTrail(shared.url, [replaced])).toBe(1);
    expect(await adoptTrail(shared.url, [replaced])).toBeUndefined();
    await signMigratedTrail(shared.url, [GIVEN_SECRETS.SECRET_KEY]);
    await seal(after);
    expect(await verify(after)).toMatchObject({ entries: 2, unsealed: 0, problems: [] });
  });

  it('has the entries from before it, sealed by the migration and signed by who ran it', async () => {
    const shared = await database({ migrated: false });
    const position = migrations.findIndex(({ name }) => name.startsWith('SealAuditTrail'));
    await runMigrations(shared.url, migrations.slice(0, position));
    await shared.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType", "before", "after", "operatorName")
       SELECT 'old-' || n, '2025-01-01Z'::timestamptz + make_interval(secs => n / 3), 'application.updated', 'admin', 'application',
              '{"ü": [1.10, "\\u00e9"]}', NULL, 'ünsal' FROM generate_series(1, 50) n`,
    );
    await runMigrations(shared.url, migrations);
    const app = await service(shared);
    await change(app, 'after');
    await seal(app);
    // Not signed by itself: anyone who can write the table could have made it.
    expect(await headOf(app)).toMatchObject({ number: 50, unsealed: 1 });
    expect((await verify(app))?.problems).toEqual(['The head, number 50, is not signed by the registry.']);
    await signMigratedTrail(shared.url, [GIVEN_SECRETS.SECRET_KEY]);
    await seal(app);
    expect(await verify(app)).toMatchObject({ entries: 51, unsealed: 0, problems: [] });
  });
});
