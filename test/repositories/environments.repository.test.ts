import { Bindings } from '#libs/access/bindings.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { EnvironmentExists } from '#registry/environments/environment.errors.js';
import { EnvironmentsRepository } from '#registry/environments/environments.repository.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import {
  openRepositoryDatabase,
  type RepositoryDatabase,
  unlockedIds,
} from '../support/repository-database.js';
import { CREATED_AT, insertApplicationRows, insertEnvironmentRows } from '../support/row-builders.js';

describe('EnvironmentsRepository', () => {
  let opened: RepositoryDatabase;
  let environments: EnvironmentsRepository;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    environments = new EnvironmentsRepository(opened.database);
    await insertApplicationRows(opened.outside, 'app', 'other');
    await insertEnvironmentRows(opened.outside, 'app', 'a', 'b', 'c', 'd');
    await insertEnvironmentRows(opened.outside, 'other', 'z');
  });
  afterAll(() => opened.close());

  const environment = (name: string, applicationId = 'app') => ({
    id: `${applicationId}-${name}`,
    name,
    description: null,
    baseDomain: null,
    applicationId,
    createdAt: new Date('2026-02-01Z'),
    updatedAt: new Date('2026-02-01Z'),
  });

  it('finds an environment by app key and name', async () => {
    expect(await environments.find('key-of-app', 'b')).toMatchObject({
      appKey: 'key-of-app',
      environment: { id: 'b', applicationId: 'app' },
    });
    expect(await environments.find('key-of-other', 'b')).toBeNull();
    expect(await environments.find('absent', 'b')).toBeNull();
  });

  it('translates a name that exists, and only within its application', async () => {
    await expect(environments.insert(environment('a'))).rejects.toThrow(EnvironmentExists);
    const inserted = await environments.insert(environment('a', 'other'));
    expect(inserted).toMatchObject({ id: 'other-a', status: 'ACTIVE', healthStatus: 'UNKNOWN' });
  });

  it('does not translate other violations', async () => {
    await expect(environments.insert(environment('x', 'gone'))).rejects.toMatchObject({
      driverError: { constraint: 'FK_Environment_applicationId' },
    });
  });

  it('holds an application against deletion, not against others who hold it', async () => {
    await opened.database.transaction(async () => {
      expect(await environments.holdApplication('key-of-app')).toEqual({ id: 'app', appKey: 'key-of-app' });
      expect(await unlockedIds(opened.outside, 'Application')).toEqual(['other']);
      expect(await unlockedIds(opened.outside, 'Application', 'KEY SHARE')).toEqual(['app', 'other']);
    });
    expect(await unlockedIds(opened.outside, 'Application')).toEqual(['app', 'other']);
    expect(await environments.holdApplication('absent')).toBeUndefined();
    expect(await environments.application('absent')).toBeUndefined();
    expect(await environments.application('key-of-app')).toEqual({ id: 'app', appKey: 'key-of-app' });
  });

  it('locks an environment until the transaction ends', async () => {
    await opened.database.transaction(async () => {
      expect(await environments.lock('b')).toMatchObject({ name: 'b' });
      const unlocked = await unlockedIds(opened.outside, 'Environment');
      expect(unlocked).toContain('a');
      expect(unlocked).not.toContain('b');
    });
    expect(await unlockedIds(opened.outside, 'Environment')).toContain('b');
    expect(await opened.database.transaction(() => environments.lock('gone'))).toBeNull();
  });

  it('lists rows of one time by id, each once and of one application', async () => {
    const ids = async (after?: Keyset, limit?: number): Promise<string[]> =>
      (await environments.listOf('app', Bindings.NONE, after, limit)).map(({ id }) => id);
    expect(await ids()).toEqual(['a', 'b', 'c', 'd']);
    expect(await ids(undefined, 3)).toEqual(['a', 'b', 'c']);
    expect(await ids({ createdAt: CREATED_AT, id: 'b' }, 3)).toEqual(['c', 'd']);
    expect(await ids({ createdAt: CREATED_AT, id: 'd' }, 3)).toEqual([]);
  });
});
