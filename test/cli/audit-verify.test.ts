import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditSealer } from '#registry/audit/chain/audit-sealer.js';
import { CommandLine, misused, succeeded } from '../support/command-line.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import type { CommandResult } from '../support/run-command.js';
import { AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import { startApp } from '../support/start-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** Entries of a trail: this many applications, changed in turn. */
const ENTRIES = 12;
const TABLES = ['AuditLog', 'AuditSeal', 'AuditHead', 'AuditAnchor'];
const HASHED = `encode(sha256(convert_to($1, 'UTF8')), 'hex')`;

interface Verified {
  readonly head: { readonly number: number; readonly hash: string };
  readonly entries: number;
  readonly pruned: number;
  readonly unsealed: number;
  readonly problems: readonly string[];
}

/** What the owner of the tables can do, triggers being no hindrance. */
describe('audit verify', () => {
  let database: TestDatabase;
  let directory: string;
  let cli: CommandLine;
  let keptHead: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'audit-verify-'));
    cli = new CommandLine({ cwd: directory, env: { DATABASE_URL: database.url, ...GIVEN_SECRETS } });
    const app = await startApp({}, database);
    stopIntervals(app);
    try {
      for (let n = 1; n <= ENTRIES; n += 1) {
        await app.http
          .post('/applications')
          .set({ ...AS_ADMIN, 'User-Agent': `browser ${n}`, 'X-Request-Id': `request-${n}` })
          .send({ name: `App ${n}`, appKey: `app-${n}` })
          .expect(201);
        await app.nest.get(AuditSealer).seal();
      }
    } finally {
      await app.nest.close();
    }
    for (const table of TABLES) {
      await database.query(`ALTER TABLE "${table}" DISABLE TRIGGER USER`);
      await database.query(`CREATE TABLE "kept ${table}" AS TABLE "${table}"`);
    }
    const { head } = await verified();
    keptHead = `${head.number}:${head.hash}`;
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const table of TABLES) {
      await database.query(`DELETE FROM "${table}"`);
      await database.query(`INSERT INTO "${table}" SELECT * FROM "kept ${table}"`);
    }
  });

  const run = (...more: string[]): Promise<CommandResult> => cli.run('audit verify', ...more);

  /** What `--json` says, whether the trail is genuine or not. */
  async function verified(...more: string[]): Promise<Verified> {
    const { stdout } = await run('--json', ...more);
    return JSON.parse(stdout) as Verified;
  }

  it('finds nothing in a trail as the registry wrote it', async () => {
    expect(await run()).toEqual({
      code: 0,
      stdout: `${ENTRIES} entries up to number ${ENTRIES}, 0 pruned before, 0 not sealed yet.\n`,
      stderr: '',
    });
    expect(await verified('--head', keptHead)).toMatchObject({ entries: ENTRIES, problems: [] });
  });

  const changed = /^The entry [\w-]+, number 5, was changed, moved or inserted\.$/;
  const set = (column: string, value: string): string =>
    `UPDATE "AuditLog" SET "${column}" = ${value} WHERE "id" = (SELECT "entryId" FROM "AuditSeal" WHERE "number" = 5)`;
  const COLUMNS: readonly (readonly [string, string])[] = [
    ['createdAt', `"createdAt" + interval '1 millisecond'`],
    ['action', `'application.deleted'`],
    ['actor', `'application'`],
    ['apiKeyId', `'someone else'`],
    ['operatorId', `'someone else'`],
    ['operatorName', `'mallory'`],
    ['via', 'NULL'],
    ['sessionId', `'another'`],
    ['appKey', `'another'`],
    ['applicationId', `'another'`],
    ['environment', `'staging'`],
    ['environmentId', `'another'`],
    ['resourceType', `'environment'`],
    ['resourceId', `'another'`],
    ['before', `'{}'`],
    ['after', `("after"::text || ' ')::json`],
    ['reason', `''`],
    ['occurrences', '2'],
    ['ipAddress', `'192.0.2.1'`],
    ['userAgent', `'curl'`],
    ['requestId', 'NULL'],
  ];

  it.each(COLUMNS)('finds a change of %s', async (column, value) => {
    await database.query(set(column, value));
    expect((await verified()).problems).toEqual([expect.stringMatching(changed)]);
  });

  const seal = (number: number): string => `SELECT "entryId" FROM "AuditSeal" WHERE "number" = ${number}`;
  /** The public formula, which needs no key. */
  const relink = `
    DO $$ DECLARE s record; last text := repeat('0', 64); BEGIN
      FOR s IN SELECT x."number", x."mac", a.* FROM "AuditSeal" x JOIN "AuditLog" a ON a."id" = x."entryId" ORDER BY x."number" LOOP
        last := ${HASHED.replace(
          '$1',
          `last || ':' || s."number" || ':' || ${HASHED.replace('$1', `DIGEST || ':' || round(date_part('epoch', s."createdAt") * 1000)::bigint || ':' || coalesce(s."mac", '-')`)}`,
        )};
        UPDATE "AuditSeal" SET "hash" = last WHERE "number" = s."number";
      END LOOP;
      UPDATE "AuditHead" SET "hash" = last;
    END $$`;
  const digest = HASHED.replace(
    '$1',
    [
      ...['id', 'action', 'actor', 'apiKeyId', 'operatorId', 'operatorName', 'via', 'sessionId', 'appKey'],
      ...['applicationId', 'environment', 'environmentId', 'resourceType', 'resourceId', 'before', 'after'],
      ...['reason', 'occurrences', 'ipAddress', 'userAgent', 'requestId'],
    ]
      .map((column) => `coalesce(octet_length(s."${column}"::text) || ':' || s."${column}"::text, '-')`)
      .join(' || '),
  );
  const RELINK = relink.replace('DIGEST', digest);

  it('cannot be blamed on the formula: computed again, an untouched chain is the same', async () => {
    await database.query(RELINK);
    expect((await verified()).problems).toEqual([]);
  });

  const KINDS: readonly (readonly [string, readonly string[], readonly RegExp[]])[] = [
    [
      'the first entry removed',
      [`DELETE FROM "AuditLog" WHERE "id" IN (${seal(1)})`],
      [/number 1, was removed/],
    ],
    ['an entry removed', [`DELETE FROM "AuditLog" WHERE "id" IN (${seal(6)})`], [/number 6, was removed/]],
    [
      'the last entry removed',
      [`DELETE FROM "AuditLog" WHERE "id" IN (${seal(ENTRIES)})`],
      [/number 12, was removed/],
    ],
    [
      'an entry removed with its seal',
      [`DELETE FROM "AuditLog" WHERE "id" IN (${seal(6)})`, `DELETE FROM "AuditSeal" WHERE "number" = 6`],
      [/^The number 6 was removed/],
    ],
    [
      'several entries removed with their seals',
      [
        `DELETE FROM "AuditLog" WHERE "id" IN (SELECT "entryId" FROM "AuditSeal" WHERE "number" BETWEEN 3 AND 7)`,
        `DELETE FROM "AuditSeal" WHERE "number" BETWEEN 3 AND 7`,
      ],
      [/^The numbers 3 to 7 were removed/],
    ],
    [
      'the last entries removed with their seals',
      [
        `DELETE FROM "AuditLog" WHERE "id" IN (SELECT "entryId" FROM "AuditSeal" WHERE "number" > 10)`,
        `DELETE FROM "AuditSeal" WHERE "number" > 10`,
      ],
      [/^The numbers 11 to 12 were removed/],
    ],
    [
      'the last entries removed, and the head set back',
      [
        `DELETE FROM "AuditLog" WHERE "id" IN (SELECT "entryId" FROM "AuditSeal" WHERE "number" > 10)`,
        `DELETE FROM "AuditSeal" WHERE "number" > 10`,
        `UPDATE "AuditHead" SET "number" = 10, "hash" = (SELECT "hash" FROM "AuditSeal" WHERE "number" = 10)`,
      ],
      [/^The head, number 10, is not signed/],
    ],
    [
      'everything removed, and the head as at the beginning',
      [
        `DELETE FROM "AuditLog"`,
        `DELETE FROM "AuditSeal"`,
        `UPDATE "AuditHead" SET "number" = 0, "hash" = repeat('0', 64)`,
      ],
      [/^The head, number 0, is not signed/],
    ],
    [
      'an entry inserted',
      [
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType") VALUES ('forged', now() - interval '1 hour', 'application.deleted', 'admin', 'application')`,
      ],
      [/^The entry forged was not written by the registry/],
    ],
    [
      'an entry inserted, to be sealed',
      [
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType") VALUES ('forged', now(), 'application.deleted', 'admin', 'application')`,
        `INSERT INTO "AuditSeal" ("entryId", "mac") VALUES ('forged', repeat('ab', 32))`,
      ],
      [/^The entry forged was not written by the registry/],
    ],
    [
      'an entry inserted with the MAC of another',
      [
        `INSERT INTO "AuditLog" SELECT 'forged', "createdAt", "action", "actor", "apiKeyId", "appKey", "applicationId", "environment", "environmentId", "resourceType", "resourceId", "before", "after" FROM "AuditLog" WHERE "id" IN (${seal(5)})`,
        `INSERT INTO "AuditSeal" ("entryId", "mac") SELECT 'forged', "mac" FROM "AuditSeal" WHERE "number" = 5`,
      ],
      [/^The entry forged was not written by the registry/],
    ],
    [
      'an entry inserted at the end of the chain',
      [
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType") VALUES ('forged', now(), 'application.deleted', 'admin', 'application')`,
        `INSERT INTO "AuditSeal" ("entryId", "mac", "number", "hash") VALUES ('forged', repeat('ab', 32), 13, repeat('cd', 32))`,
      ],
      [/number 13, was changed, moved or inserted/, /goes on to number 13; the head says 12/],
    ],
    [
      'an entry put in the place of one that was removed',
      [
        `UPDATE "AuditSeal" SET "entryId" = 'forged' WHERE "number" = 4`,
        `DELETE FROM "AuditLog" WHERE "id" IN (SELECT "entryId" FROM "kept AuditSeal" WHERE "number" = 4)`,
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType") VALUES ('forged', now(), 'application.created', 'admin', 'application')`,
      ],
      [/^The entry forged, number 4, was changed, moved or inserted/],
    ],
    [
      'two entries exchanged',
      [
        `UPDATE "AuditSeal" s SET "entryId" = s."entryId" || ' moved' WHERE "number" IN (4, 5)`,
        `UPDATE "AuditSeal" s SET "entryId" = k."entryId" FROM "kept AuditSeal" k WHERE s."number" IN (4, 5) AND k."number" = 9 - s."number"`,
      ],
      [/number 4, was changed, moved/, /number 5, was changed, moved/],
    ],
    [
      'numbers shifted',
      [
        `UPDATE "AuditSeal" SET "number" = "number" + 100 WHERE "number" > 6`,
        `UPDATE "AuditSeal" SET "number" = "number" - 99 WHERE "number" > 100`,
      ],
      [/^The number 7 was removed/, /number 9, was changed/],
    ],
    [
      'a MAC changed',
      [`UPDATE "AuditSeal" SET "mac" = repeat('ab', 32) WHERE "number" = 5`],
      [/number 5, was changed/],
    ],
    ['a MAC removed', [`UPDATE "AuditSeal" SET "mac" = NULL WHERE "number" = 5`], [/number 5, was changed/]],
    [
      'a hash changed',
      [`UPDATE "AuditSeal" SET "hash" = repeat('ab', 32) WHERE "number" = 5`],
      [/number 5, was changed/, /number 6, was changed/],
    ],
    [
      'the last hash changed',
      [`UPDATE "AuditSeal" SET "hash" = repeat('ab', 32) WHERE "number" = ${ENTRIES}`],
      [/number 12, was changed/, /ends at number 12 with another hash/],
    ],
    [
      'a seal taken away',
      [`UPDATE "AuditSeal" SET "number" = NULL, "hash" = NULL WHERE "number" = 5`],
      [/^The number 5 was removed/],
    ],
    [
      'an entry changed, and the chain computed again',
      [set('operatorName', `'mallory'`), RELINK],
      [/^The head, number 12, is not signed/],
    ],
    [
      'an entry removed, and the chain computed again',
      [
        `DELETE FROM "AuditLog" WHERE "id" IN (${seal(6)})`,
        `DELETE FROM "AuditSeal" WHERE "number" = 6`,
        `UPDATE "AuditSeal" SET "number" = "number" + 100 WHERE "number" > 6`,
        `UPDATE "AuditSeal" SET "number" = "number" - 101 WHERE "number" > 100`,
        RELINK,
        `UPDATE "AuditHead" SET "number" = 11`,
      ],
      [/^The head, number 11, is not signed/],
    ],
    [
      'everything declared to be from before',
      [
        set('operatorName', `'mallory'`),
        `UPDATE "AuditSeal" SET "mac" = NULL`,
        RELINK,
        `UPDATE "AuditHead" SET "adoptedUntil" = 12, "signature" = NULL`,
      ],
      [/^The head, number 12, is not signed/],
    ],
    ['the head removed', [`DELETE FROM "AuditHead"`], [/^The head is gone/]],
    [
      'the head with another signature',
      [`UPDATE "AuditHead" SET "signature" = repeat('ab', 32)`],
      [/^The head, number 12, is not signed/],
    ],
    [
      'an anchor forged for entries that were removed',
      [
        `DELETE FROM "AuditLog" WHERE "id" IN (SELECT "entryId" FROM "AuditSeal" WHERE "number" < 4)`,
        `DELETE FROM "AuditSeal" WHERE "number" < 4`,
        `INSERT INTO "AuditAnchor" ("firstNumber", "lastNumber", "priorHash", "lastHash", "signature") SELECT 1, 3, repeat('0', 64), "hash", repeat('ab', 32) FROM "kept AuditSeal" WHERE "number" = 3`,
      ],
      [/^The anchor of the numbers 1 to 3 is not signed/, /^The numbers 1 to 3 were removed/],
    ],
    [
      'an unsealed entry changed',
      [
        `UPDATE "AuditSeal" SET "number" = NULL, "hash" = NULL WHERE "number" = ${ENTRIES}`,
        `UPDATE "AuditHead" SET "number" = 11`,
        `UPDATE "AuditLog" SET "actor" = 'application' WHERE "id" IN (SELECT "entryId" FROM "kept AuditSeal" WHERE "number" = ${ENTRIES})`,
      ],
      [
        /^The head, number 11, is not signed/,
        /was not written by the registry, or was changed before it was sealed/,
      ],
    ],
    [
      'an unsealed entry removed',
      [`INSERT INTO "AuditSeal" ("entryId", "mac") VALUES ('gone', repeat('ab', 32))`],
      [/^The entry gone was removed before it was sealed/],
    ],
  ];

  it.each(KINDS)('finds %s', async (_, statements, expected) => {
    for (const statement of statements) await database.query(statement);
    const { code, stdout, stderr } = await run('--json');
    const { problems } = JSON.parse(stdout) as Verified;
    for (const each of expected) expect(problems).toContainEqual(expect.stringMatching(each));
    expect(code).toBe(1);
    expect(stderr).toMatch(/problems?: the audit trail is not as the registry wrote it\.\n$/);
  });

  it('finds an earlier state put back, with a head that was kept elsewhere', async () => {
    const app = await startApp({}, database);
    stopIntervals(app);
    try {
      await app.http.delete('/applications/app-1').set(AS_ADMIN).expect(204);
      await app.nest.get(AuditSealer).seal();
    } finally {
      await app.nest.close();
    }
    const { number, hash } = (await verified()).head;
    expect(number).toBe(ENTRIES + 1);
    for (const table of TABLES) {
      await database.query(`DELETE FROM "${table}"`);
      await database.query(`INSERT INTO "${table}" SELECT * FROM "kept ${table}"`);
    }
    // By itself it is a genuine trail.
    expect((await verified()).problems).toEqual([]);
    expect((await verified('--head', `${number}:${hash}`)).problems).toEqual([
      `The trail was set back: the head that was kept is number 13, and the chain ends at 12.`,
    ]);
    const other = `7:${'ab'.repeat(32)}`;
    expect((await verified('--head', other)).problems).toEqual([
      'Number 7 has another hash than the head that was kept.',
    ]);
  });

  it('is content with what audit adopt has signed, which asks first', async () => {
    await database.query(set('operatorName', `'mallory'`));
    await database.query(RELINK);
    expect((await verified()).problems).toHaveLength(1);
    expect(await cli.run('audit adopt')).toEqual(
      misused('Sign the audit trail as it is? There is no terminal to confirm at: pass --yes.'),
    );
    expect(await cli.run('audit adopt --yes')).toEqual(succeeded('Signed the trail up to number 12.'));
    expect(await cli.run('audit adopt --yes')).toEqual(succeeded('The trail is signed already.'));
    expect((await verified()).problems).toEqual([]);
    expect(await cli.with({ env: { SECRET_KEY: '' } }).run('audit adopt --yes')).toEqual(
      misused('SECRET_KEY must be set: the trail is signed with it'),
    );
  });

  it('takes the head from a file, and says what is wrong with one', async () => {
    const file = join(directory, 'head.json');
    const [number = '', hash = ''] = keptHead.split(':');
    await writeFile(file, JSON.stringify({ number: Number(number), hash, unsealed: 0 }));
    expect((await run('--head', file)).code).toBe(0);
    await writeFile(file, '{"number": "1"}');
    expect(await run('--head', file)).toEqual(
      misused(`--head: ${file} does not have the JSON of audit head`),
    );
    expect(await run('--head', 'absent')).toEqual(
      misused('--head: absent is neither number:hash nor a file (ENOENT)'),
    );
  });

  it('tells people what is wrong, line by line', async () => {
    await database.query(set('operatorName', `E'\\u001b[31mmallory'`));
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `${ENTRIES} entries up to number ${ENTRIES}, 0 pruned before, 0 not sealed yet.\n`,
    });
    expect(stderr).toMatch(
      /^The entry [\w-]+, number 5, was changed, moved or inserted\.\n1 problem: the audit trail is not as the registry wrote it\.\n$/,
    );
  });

  it('needs the database and the SECRET_KEY of the service', async () => {
    const without = cli.with({ env: { SECRET_KEY: '' } });
    expect(await without.run('audit verify')).toEqual(
      misused(
        'SECRET_KEY is not set, the one that the service has: what the registry wrote is signed with it',
      ),
    );
    const another = cli.with({ env: { SECRET_KEY: 'another-secret-key-of-the-tests' } });
    expect((await another.run('audit verify')).code).toBe(1);
    const { code, stderr } = await cli.with({ env: { DATABASE_URL: '' } }).run('audit verify');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^DATABASE_URL is not set: audit verify reads the registry's database, as the service has it\.\n/,
    );
  });
});
