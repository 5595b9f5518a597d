import { Bindings } from '#libs/access/bindings.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { ApplicationsRepository } from '#registry/applications/applications.repository.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import {
  openRepositoryDatabase,
  type RepositoryDatabase,
  unlockedIds,
} from '../support/repository-database.js';
import { CREATED_AT, insertApplicationRows } from '../support/row-builders.js';

describe('ApplicationsRepository', () => {
  let opened: RepositoryDatabase;
  let applications: ApplicationsRepository;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    applications = new ApplicationsRepository(opened.database);
    await insertApplicationRows(opened.outside, 'a', 'b', 'c', 'd', 'e');
  });
  afterAll(() => opened.close());

  const application = (id: string, appKey: string) => ({
    id,
    name: id,
    description: null,
    appKey,
    authenticationMethod: 'API_KEY',
    owner: null,
    healthCheckUrl: null,
    createdAt: new Date('2026-02-01Z'),
    updatedAt: new Date('2026-02-01Z'),
  });

  it('says that an app key is taken and leaves the transaction usable', async () => {
    const inserted = await opened.database.transaction(async () => [
      await applications.insert(application('x', 'key-of-a')),
      await applications.insert(application('x', 'key-of-x')),
    ]);
    expect(inserted[0]).toBeNull();
    expect(inserted[1]).toMatchObject({
      id: 'x',
      appKey: 'key-of-x',
      status: 'ACTIVE',
      healthStatus: 'UNKNOWN',
    });
    expect(await applications.find('key-of-x')).toEqual(inserted[1]);
    expect(await applications.find('key-of-a')).toMatchObject({ id: 'a' });
    await applications.delete('x');
  });

  it('locks a row until the transaction ends', async () => {
    await opened.database.transaction(async () => {
      expect(await applications.findAndLock('key-of-b')).toMatchObject({ id: 'b' });
      expect(await unlockedIds(opened.outside, 'Application')).toEqual(['a', 'c', 'd', 'e']);
      // Not even a new environment, which holds its application with KEY SHARE, comes in between.
      expect(await unlockedIds(opened.outside, 'Application', 'KEY SHARE')).toEqual(['a', 'c', 'd', 'e']);
    });
    expect(await unlockedIds(opened.outside, 'Application')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await opened.database.transaction(() => applications.findAndLock('absent'))).toBeNull();
  });

  it('lists rows of one time by id, each once', async () => {
    const ids = async (after: Keyset | undefined, limit: number): Promise<string[]> =>
      (await applications.list(Bindings.NONE, after, limit)).map(({ id }) => id);
    expect(await ids(undefined, 2)).toEqual(['a', 'b']);
    expect(await ids({ createdAt: CREATED_AT, id: 'b' }, 2)).toEqual(['c', 'd']);
    expect(await ids({ createdAt: CREATED_AT, id: 'bb' }, 9)).toEqual(['c', 'd', 'e']);
    expect(await ids({ createdAt: CREATED_AT, id: 'e' }, 9)).toEqual([]);
    expect(await ids({ createdAt: new Date(CREATED_AT.getTime() - 1), id: 'z' }, 1)).toEqual(['a']);
  });

  it('changes one row, and the fields given', async () => {
    await applications.update('c', { description: 'Changed' });
    expect(await applications.find('key-of-c')).toMatchObject({ name: 'c', description: 'Changed' });
    expect(await applications.find('key-of-d')).toMatchObject({ description: null });
  });
});
