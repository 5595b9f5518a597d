import { JsonText } from '#libs/json/json-text.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditLogEntity } from '#registry/audit/audit-log.entity.js';
import { type AuditLogFilter, AuditLogRepository } from '#registry/audit/audit-log.repository.js';
import { NO_METRICS } from '#libs/metrics/metrics.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { openRepositoryDatabase, type RepositoryDatabase } from '../support/repository-database.js';

describe('AuditLogRepository', () => {
  let opened: RepositoryDatabase;
  let entries: AuditLogRepository;

  const entry = (id: string, fields: Partial<AuditLogEntity> = {}): AuditLogEntity => ({
    id,
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    action: 'application.updated',
    actor: 'admin',
    apiKeyId: null,
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

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    entries = new AuditLogRepository(opened.database, NO_METRICS);
    await entries.append([
      entry('a'),
      entry('b', { actor: 'application', apiKeyId: 'key' }),
      entry('c', { before: { z: 1, a: [null, { deep: 'ü' }] }, after: 'text', occurrences: 7 }),
      entry('d', { createdAt: new Date('2026-01-01T00:00:00.001Z') }),
    ]);
  });
  afterAll(() => opened.close());

  const ids = async (filter: AuditLogFilter = {}, after?: Keyset, limit = 9): Promise<string[]> =>
    (await entries.list(filter, after, limit)).map(({ id }) => id);

  it('gives entries back as they were written, newest first', async () => {
    expect(await ids()).toEqual(['d', 'c', 'b', 'a']);
    const [, second] = await entries.list({}, undefined, 2);
    expect(second).toEqual(
      entry('c', {
        before: new JsonText('{"z":1,"a":[null,{"deep":"ü"}]}'),
        after: new JsonText('"text"'),
        occurrences: 7,
      }),
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
      await entries.append([entry('x')]);
      expect(await ids()).toContain('x');
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    expect(await ids()).not.toContain('x');
  });
});
