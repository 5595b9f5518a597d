import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { DiscoveryRepository } from '#registry/discovery/discovery.repository.js';
import { openRepositoryDatabase, type RepositoryDatabase } from '../support/repository-database.js';
import { CREATED_AT, insertApplicationRows, insertEnvironmentRows } from '../support/row-builders.js';

describe('DiscoveryRepository', () => {
  let opened: RepositoryDatabase;
  let discovery: DiscoveryRepository;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    discovery = new DiscoveryRepository(opened.database);
    const { outside } = opened;
    await insertApplicationRows(outside, 'a', 'b', 'c', 'd');
    await outside.query(
      `INSERT INTO "Environment" ("id", "name", "applicationId") SELECT id || '-live', 'live', id FROM unnest(ARRAY['a', 'b', 'd']) id`,
    );
    await insertEnvironmentRows(outside, 'c', 'other');
    await outside.query(
      `INSERT INTO "Endpoint" ("id", "name", "path", "method", "environmentId")
       SELECT e || n, 'x', '/' || n, m, e FROM unnest(ARRAY['a-live', 'b-live']) e,
              (VALUES ('2', 'PUT'), ('1', 'GET'), ('3', 'GET')) AS o(n, m)`,
    );
  });
  afterAll(() => opened.close());

  const endpointsOf = (json: string | null | undefined): { environmentId: string; path: string }[] =>
    (JSON.parse(json ?? '{}') as { endpoints: { environmentId: string; path: string }[] }).endpoints;

  it('tells a missing application from a missing environment', async () => {
    expect(JSON.parse((await discovery.endpoints('key-of-a', 'live')) ?? '')).toMatchObject({
      environment: { id: 'a-live', applicationId: 'a' },
    });
    expect(await discovery.endpoints('key-of-c', 'live')).toBeNull();
    expect(await discovery.endpoints('nobody', 'live')).toBeUndefined();
  });

  it('gives the endpoints of an environment in order, and none where there are none', async () => {
    const found = endpointsOf(await discovery.endpoints('key-of-b', 'live'));
    expect(found.map(({ environmentId, path }) => `${environmentId} ${path}`)).toEqual([
      'b-live /1',
      'b-live /2',
      'b-live /3',
    ]);
    expect(endpointsOf(await discovery.endpoints('key-of-d', 'live'))).toEqual([]);
  });

  it('describes an environment, and gives what is registered in an order that no locale changes', async () => {
    expect(await discovery.environment('key-of-a', 'live')).toEqual({
      id: 'a-live',
      name: 'live',
      baseDomain: null,
      applicationName: expect.any(String),
      applicationDescription: null,
    });
    expect(await discovery.environment('key-of-c', 'live')).toBeNull();
    expect(await discovery.environment('nobody', 'live')).toBeUndefined();
    await opened.outside.query(
      `INSERT INTO "Endpoint" ("id", "name", "path", "method", "environmentId")
       SELECT path, 'x', path, 'GET', 'd-live' FROM unnest(ARRAY['/b', '/a', '/B', '/ä']) path`,
    );
    const registered = (await discovery.registered('d-live')).map((json) => JSON.parse(json) as object);
    expect(registered.map((each) => (each as { path: string }).path)).toEqual(['/B', '/a', '/b', '/ä']);
    expect(registered[0]).toEqual({
      ...{ name: 'x', path: '/B', method: 'GET', description: null, isPublic: false, authType: null },
      ...{ authConfig: null, contentType: null, pathParams: null, queryParams: null },
      ...{ requestBody: null, responseBody: null },
    });
    await opened.outside.query(`DELETE FROM "Endpoint" WHERE "environmentId" = 'd-live'`);
  });

  it('lists the applications that have the environment, those of one time by id', async () => {
    const ids = async (environment: string, after: Keyset | undefined, limit: number): Promise<string[]> =>
      (await discovery.applications({ environment, healthStatus: undefined }, after, limit)).map(
        ({ id, json }) => `${id} ${(JSON.parse(json) as { environment: { id: string } }).environment.id}`,
      );
    expect(await ids('live', undefined, 9)).toEqual(['a a-live', 'b b-live', 'd d-live']);
    expect(await ids('live', undefined, 2)).toEqual(['a a-live', 'b b-live']);
    expect(await ids('live', { createdAt: CREATED_AT, id: 'b' }, 2)).toEqual(['d d-live']);
    expect(await ids('live', { createdAt: CREATED_AT, id: 'd' }, 2)).toEqual([]);
    expect(await ids('nowhere', undefined, 2)).toEqual([]);
  });
});
