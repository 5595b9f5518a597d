import { EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import type { ApiKeyEntity } from '#registry/api-keys/api-key.entity.js';
import { ApiKeysRepository } from '#registry/api-keys/api-keys.repository.js';
import { afterEach, beforeEach, describe, expect, it } from '../support/jest.js';
import {
  openRepositoryDatabase,
  type RepositoryDatabase,
  unlockedIds,
} from '../support/repository-database.js';
import {
  CREATED_AT,
  insertApiKeyRow,
  insertApplicationRows,
  insertEnvironmentRows,
} from '../support/row-builders.js';

describe('ApiKeysRepository', () => {
  let opened: RepositoryDatabase;
  let apiKeys: ApiKeysRepository;

  beforeEach(async () => {
    opened = await openRepositoryDatabase();
    apiKeys = new ApiKeysRepository(opened.database);
    const { outside } = opened;
    await insertApplicationRows(outside, 'app', 'other');
    await insertEnvironmentRows(outside, 'app', 'production', 'staging');
    await insertEnvironmentRows(outside, 'other', 'elsewhere');
  });
  afterEach(() => opened.close());

  const insert = (id: string, fields: Partial<Parameters<typeof insertApiKeyRow>[1]> = {}): Promise<void> =>
    insertApiKeyRow(opened.outside, { id, environmentId: 'production', ...fields });

  async function lastUse(): Promise<Record<string, string | undefined>> {
    const rows = await opened.outside.query<{ id: string; lastUsedAt: Date | null }>(
      `SELECT * FROM "ApiKey"`,
    );
    return Object.fromEntries(rows.map(({ id, lastUsedAt }) => [id, lastUsedAt?.toISOString()]));
  }

  it('finds by the selector all that decides whether a key is accepted', async () => {
    await insert('k', { environmentId: 'staging', selector: 'feed', isActive: false });
    await opened.outside.query(`UPDATE "Application" SET "status" = 'INACTIVE' WHERE "id" = 'app'`);
    expect(await apiKeys.recordBySelector('feed')).toEqual({
      apiKeyId: 'k',
      hashedKey: 'hash-of-k',
      isActive: false,
      expiresAt: null,
      environmentId: 'staging',
      environment: 'staging',
      environmentStatus: 'ACTIVE',
      applicationId: 'app',
      appKey: 'key-of-app',
      applicationStatus: 'INACTIVE',
    });
    expect(await apiKeys.recordBySelector('fee')).toBeUndefined();
  });

  it('compares keys without a selector only within the application, or its environment', async () => {
    await insert('p1');
    await insert('p2');
    await insert('p3', { selector: 'feed' });
    await insert('s1', { environmentId: 'staging' });
    await insert('e1', { environmentId: 'elsewhere' });
    const found = async (appKey: string): Promise<string[]> =>
      (await apiKeys.recordsWithoutSelector(appKey)).map(({ apiKeyId }) => apiKeyId);
    expect(await found('key-of-app')).toEqual(['p1', 'p2', 's1']);
    expect(await found('key-of-other')).toEqual(['e1']);
    expect(await found('absent')).toEqual([]);
  });

  it('moves the last use forward, never back', async () => {
    await insert('never');
    await insert('earlier', { lastUsedAt: new Date('2026-01-01Z') });
    await insert('later', { lastUsedAt: new Date('2026-03-01Z') });
    await insert('unused');
    const now = new Date('2026-02-01T00:00:00.000Z');
    await apiKeys.recordUse(new Map(['never', 'earlier', 'later', 'gone'].map((id) => [id, now])));
    expect(await lastUse()).toEqual({
      never: '2026-02-01T00:00:00.000Z',
      earlier: '2026-02-01T00:00:00.000Z',
      later: '2026-03-01T00:00:00.000Z',
      unused: undefined,
    });
  });

  it('passes over keys that are being changed instead of waiting for them', async () => {
    await insert('changing');
    await insert('still');
    const at = new Date('2026-02-01T00:00:00.000Z');
    const held = await opened.holdRows(`SELECT * FROM "ApiKey" WHERE "id" = 'changing' FOR UPDATE`);
    await apiKeys.recordUse(
      new Map([
        ['changing', at],
        ['still', at],
      ]),
    );
    await held.release();
    expect(await lastUse()).toEqual({ changing: undefined, still: at.toISOString() });
  });

  it('locks a key of the environment until the transaction ends', async () => {
    await insert('k1');
    await insert('k2');
    await opened.database.transaction(async () => {
      expect(await apiKeys.findAndLock('production', 'k1')).toMatchObject({ id: 'k1', isActive: true });
      expect(await apiKeys.findAndLock('staging', 'k2')).toBeNull();
      expect(await unlockedIds(opened.outside, 'ApiKey')).toEqual(['k2']);
    });
    expect(await unlockedIds(opened.outside, 'ApiKey')).toEqual(['k1', 'k2']);
  });

  it('gives the error asked for when the environment is gone', async () => {
    const key: ApiKeyEntity = {
      id: 'k',
      name: 'k',
      selector: null,
      hashedKey: 'h',
      isActive: true,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      environmentId: 'gone',
      createdAt: CREATED_AT,
    };
    const gone = (): EnvironmentNotFound => new EnvironmentNotFound('app', 'gone');
    await expect(apiKeys.insert(key, gone)).rejects.toThrow(EnvironmentNotFound);
    await apiKeys.insert({ ...key, environmentId: 'staging' }, gone);
    expect(await lastUse()).toEqual({ k: undefined });
  });

  it('lists keys of one time by id, each once and of one environment', async () => {
    for (const id of ['a', 'b', 'c']) await insert(id);
    await insert('d', { environmentId: 'staging' });
    const ids = async (...args: Parameters<typeof apiKeys.listOf>): Promise<string[]> =>
      (await apiKeys.listOf(...args)).map(({ id }) => id);
    expect(await ids('production', undefined, 2)).toEqual(['a', 'b']);
    expect(await ids('production', { createdAt: CREATED_AT, id: 'b' }, 2)).toEqual(['c']);
    expect(await ids('staging', undefined, 2)).toEqual(['d']);
  });
});
