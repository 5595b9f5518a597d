import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { AuditService } from '#registry/audit/audit.service.js';
import { AuditPruningService } from '#registry/audit/audit-pruning.service.js';
import { adoptTrail, signMigratedTrail } from '#registry/audit/chain/adopt-trail.js';
import { AuditChainRepository } from '#registry/audit/chain/audit-chain.repository.js';
import { AuditSealer } from '#registry/audit/chain/audit-sealer.js';
import { AuditVerification, type VerifiedTrail } from '#registry/audit/chain/audit-verification.js';
import { linked } from '#registry/audit/chain/chain-link.js';
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
  const verify = async (
    { nest }: TestApp,
    kept?: { readonly number: number; readonly hash: string },
  ): Promise<VerifiedTrail | undefined> => nest.get(AuditVerification).verify(kept, () => false);
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

  /** Entries that another registry wrote so many days ago. */
  const bring = async ({ nest }: TestApp, daysAgo: number, ...ids: string[]): Promise<void> => {
    const entry = { action: 'APPLICATION_CREATED', appKey: null, applicationId: null, details: null };
    const createdAt = new Date(Date.now() - daysAgo * 86_400_000);
    await nest.get(AuditService).import(
      ids.map((id) => ({ ...entry, id, createdAt, ipAddress: null, userAgent: null })),
      { dryRun: false },
    );
    await nest.get(AuditSealer).seal();
  };
  const anchorsOf = async ({ database: on }: TestApp): Promise<number[][]> => {
    const anchors = await on.query<{ firstNumber: string; lastNumber: string }>(
      `SELECT "firstNumber", "lastNumber" FROM "AuditAnchor" ORDER BY "firstNumber"`,
    );
    return anchors.map(({ firstNumber, lastNumber }) => [Number(firstNumber), Number(lastNumber)]);
  };

  it('has signed anchors where retention took entries away, adjacent ones as one', async () => {
    const shared = await database();
    const app = await service(shared, { AUDIT_RETENTION_DAYS: '18' });
    await bring(app, 20, 'a', 'b');
    await bring(app, 15, 'c');
    await change(app, 'kept');
    await seal(app);
    await bring(app, 20, 'd');
    await app.nest.get(AuditPruningService).prune();
    await seal(app);
    expect(await anchorsOf(app)).toEqual([
      [1, 2],
      [5, 5],
    ]);
    expect(await verify(app)).toMatchObject({ entries: 3, pruned: 3, problems: [] });
    const stricter = await service(shared, { AUDIT_RETENTION_DAYS: '10' });
    // Its start prunes as well, and one of both does the work.
    await eventually(async () => {
      await stricter.nest.get(AuditPruningService).prune();
      return JSON.stringify(await anchorsOf(app)) === '[[1,3],[5,5]]';
    });
    await seal(stricter);
    expect(await verify(app)).toMatchObject({ entries: 3, pruned: 4, problems: [] });
    // Of the numbers 1 to 3, the anchor has the hash of the last one only.
    const hash = 'ab'.repeat(32);
    expect(await verify(app, { number: 2, hash })).toMatchObject({ keptHeadIsPruned: true, problems: [] });
    expect(await verify(app, { number: 3, hash })).toMatchObject({
      keptHeadIsPruned: false,
      problems: ['Number 3 has another hash than the head that was kept.'],
    });
    await shared.query(`UPDATE "AuditAnchor" SET "lastNumber" = 4 WHERE "firstNumber" = 1`);
    expect((await verify(app))?.problems).toContain(
      'The anchor of the numbers 1 to 4 is not signed by the registry.',
    );
  });

  it('shows what was changed before a range that was pruned', async () => {
    const app = await service(await database(), { AUDIT_RETENTION_DAYS: '18' });
    for (const name of ['one', 'two']) await change(app, name);
    await seal(app);
    await bring(app, 20, 'old');
    await app.nest.get(AuditPruningService).prune();
    await seal(app);
    expect(await verify(app)).toMatchObject({ pruned: 1, problems: [] });
    for (const table of ['AuditLog', 'AuditSeal']) {
      await app.database.query(`ALTER TABLE "${table}" DISABLE TRIGGER USER`);
    }
    await app.database.query(
      `UPDATE "AuditLog" SET "operatorName" = 'mallory' WHERE "id" = (SELECT "entryId" FROM "AuditSeal" WHERE "number" = 2)`,
    );
    const chain = app.nest.get(AuditChainRepository, { strict: false });
    const [first, second] = await chain.sealedAfter(0, 2);
    if (first === undefined || second === undefined) throw new Error('Nothing is sealed');
    const { digest, createdAt, mac } = second;
    const forged = linked(first, { digest: digest ?? '', createdAt: createdAt ?? '', mac });
    await app.database.query(`UPDATE "AuditSeal" SET "hash" = $1 WHERE "number" = 2`, [forged.hash]);
    expect((await verify(app))?.problems).toEqual([
      'Number 2 has another hash than when the numbers from 3 on were pruned.',
    ]);
  });

  it('keeps an entry whose age was forged to have it pruned', async () => {
    const app = await service(await database(), { AUDIT_RETENTION_DAYS: '18' });
    await bring(app, 20, 'old');
    for (const name of ['one', 'two']) await change(app, name);
    await seal(app);
    await app.database.query(`ALTER TABLE "AuditLog" DISABLE TRIGGER USER`);
    await app.database.query(
      `UPDATE "AuditLog" SET "createdAt" = now() - interval '30 days' WHERE "id" = (SELECT "entryId" FROM "AuditSeal" WHERE "number" = 2)`,
    );
    await app.nest.get(AuditPruningService).prune();
    await seal(app);
    expect(await anchorsOf(app)).toEqual([[1, 1]]);
    expect(await verify(app)).toMatchObject({
      pruned: 1,
      problems: [expect.stringMatching(/^The entry [\w-]+, number 2, was changed, moved or inserted\.$/)],
    });
  });

  it('looks again, at the start of a process, at what one with another SECRET_KEY has refused', async () => {
    const shared = await database();
    const before = await service(shared);
    await change(before, 'before');
    await shared.query(`UPDATE "AuditSeal" SET "isRefused" = true`);
    await seal(before);
    expect(await headOf(before)).toMatchObject({ number: 0, unsealed: 0 });
    const last = await service(shared);
    await eventually(async () => {
      await seal(last);
      return (await headOf(last)).number === 1;
    });
    expect(await verify(last)).toMatchObject({ entries: 1, problems: [] });
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
