import { createHash } from 'node:crypto';
import { Bindings } from '#libs/access/bindings.js';
import { NO_METRICS } from '#libs/metrics/metrics.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { type AuditLogFilter, AuditLogRepository } from '#registry/audit/audit-log.repository.js';
import type { AuditLogRow } from '#registry/audit/audit-log-row.js';
import { AuditedNamesRepository } from '#registry/audit/audited-names.repository.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { openRepositoryDatabase, type RepositoryDatabase } from '../support/repository-database.js';

describe('AuditLogRepository', () => {
  let opened: RepositoryDatabase;
  let entries: AuditLogRepository;

  const entry = (id: string, fields: Partial<AuditLogRow> = {}): AuditLogRow => ({
    id,
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    action: 'application.updated',
    actor: 'admin',
    apiKeyId: null,
    operatorId: null,
    operatorName: null,
    via: null,
    sessionId: null,
    appKey: 'orders',
    applicationId: null,
    environment: null,
    environmentId: null,
    resourceType: 'application',
    resourceId: null,
    before: null,
    after: null,
    reason: null,
    occurrences: 1,
    ipAddress: null,
    userAgent: null,
    requestId: null,
    ...fields,
  });

  const append = (...rows: AuditLogRow[]): Promise<void> =>
    entries.append(rows.map((row) => ({ ...row, mac: 'of its writer' })));

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    entries = new AuditLogRepository(
      opened.database,
      new AuditedNamesRepository(opened.database),
      NO_METRICS,
    );
    await append(
      entry('a'),
      entry('b', { actor: 'application', apiKeyId: 'key' }),
      entry('c', { before: '{"z": 1, "a": [null, {"deep": "ü"}]}', after: '"text"', occurrences: 7 }),
      entry('d', { createdAt: new Date('2026-01-01T00:00:00.001Z') }),
    );
  });
  afterAll(() => opened.close());

  const ids = async (
    filter: Omit<AuditLogFilter, 'bindings'> = {},
    after?: Keyset,
    limit = 9,
  ): Promise<string[]> =>
    (await entries.page({ ...filter, bindings: Bindings.NONE }, after, limit)).entries.map(({ id }) => id);

  it('gives entries back as they were written, newest first', async () => {
    expect(await ids()).toEqual(['d', 'c', 'b', 'a']);
    const { entries: page, hasMore } = await entries.page({ bindings: Bindings.NONE }, undefined, 2);
    expect(hasMore).toBe(true);
    expect(page[1]).toEqual(
      entry('c', { before: '{"z": 1, "a": [null, {"deep": "ü"}]}', after: '"text"', occurrences: 7 }),
    );
  });

  it('continues after entries of one time by id', async () => {
    const createdAt = new Date('2026-01-01T00:00:00.000Z');
    expect(await ids({}, { createdAt, id: 'c' })).toEqual(['b', 'a']);
    expect(await ids({}, { createdAt, id: 'c' }, 1)).toEqual(['b']);
    expect(await ids({}, { createdAt, id: 'a' })).toEqual([]);
    expect(await ids({}, { createdAt: new Date('2026-01-01T00:00:00.001Z'), id: 'd' })).toEqual([
      'c',
      'b',
      'a',
    ]);
  });

  it('takes the actor for a kind or for the id of a key, and times as from and before', async () => {
    expect(await ids({ actor: 'application' })).toEqual(['b']);
    expect(await ids({ actor: 'key' })).toEqual(['b']);
    expect(await ids({ from: new Date('2026-01-01T00:00:00.001Z') })).toEqual(['d']);
    expect(await ids({ to: new Date('2026-01-01T00:00:00.001Z') })).toEqual(['c', 'b', 'a']);
    expect(
      await ids({ appKey: 'orders', action: 'application.updated', actor: 'admin' }, undefined, 2),
    ).toEqual(['d', 'c']);
  });

  it('appends in the current transaction', async () => {
    const work = opened.database.transaction(async () => {
      await append(entry('x'));
      expect(await ids()).toContain('x');
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    expect(await ids()).not.toContain('x');
  });

  describe('with values of earlier versions, which had no bound', () => {
    const MEBIBYTE = 1024 * 1024;

    /** Adds entries of an application whose values have so many bytes; they compress, as schemas do. */
    async function add(
      appKey: string,
      count: number,
      bytes: { before: number; after: number },
    ): Promise<void> {
      await opened.outside.query(
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "appKey", "resourceType", "before", "after")
         SELECT $1 || n, '2026-02-01Z', 'endpoints.registered', 'application', $1, 'endpoints',
                to_json(left(t, $3 - 2)), to_json(left(t, $4 - 2))
         FROM generate_series(1, $2::integer) n,
              (SELECT string_agg(md5(m::text), '') || repeat('ab', 10 * 1024 * 1024) AS t FROM generate_series(1, 10000) m) s`,
        [appKey, count, bytes.before, bytes.after],
      );
    }

    /** The pages of an application's entries: the length of each, and of the values in it. */
    async function pagesOf(appKey: string): Promise<{ count: number; bytes: number }[]> {
      const pages = [];
      let last: Keyset | undefined;
      for (;;) {
        const { entries: page, hasMore } = await entries.page({ appKey, bindings: Bindings.NONE }, last, 500);
        const texts = page.flatMap(({ before, after }) => [before ?? '', after ?? '']);
        pages.push({ count: page.length, bytes: texts.reduce((sum, { length }) => sum + length, 0) });
        if (!hasMore) return pages;
        last = page.at(-1);
      }
    }

    it('ends a page before 4 MiB', async () => {
      await add('large', 10, { before: 400_000, after: 600_000 });
      expect(await pagesOf('large')).toEqual([
        { count: 4, bytes: 4_000_000 },
        { count: 4, bytes: 4_000_000 },
        { count: 2, bytes: 2_000_000 },
      ]);
    });

    it('gives the digest of a value of more than 1 MiB', async () => {
      await add('huge', 1, { before: 18 * MEBIBYTE, after: MEBIBYTE });
      const { entries: page, hasMore } = await entries.page(
        { appKey: 'huge', bindings: Bindings.NONE },
        undefined,
        50,
      );
      const [stored] = await opened.outside.query<{ text: string }>(
        `SELECT "before"::text AS "text" FROM "AuditLog" WHERE "appKey" = 'huge'`,
      );
      expect({ count: page.length, hasMore }).toEqual({ count: 1, hasMore: false });
      expect(JSON.parse(page[0]?.before ?? '')).toEqual({
        truncated: true,
        sha256: createHash('sha256')
          .update(stored?.text ?? '')
          .digest('hex'),
        bytes: 18 * MEBIBYTE,
      });
      expect(page[0]?.after).toHaveLength(MEBIBYTE);
    });
  });
});
