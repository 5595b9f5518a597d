import { separatedTexts } from '#libs/json/json-sequence.js';
import type { BoundedText } from '#libs/memory/large-responses.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { DiscoveryRepository, type ListedApplications } from '#registry/discovery/discovery.repository.js';
import { EndpointsJson } from '#registry/discovery/endpoints-json.js';
import { LEFT_OUT } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
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

  const ANY_SIZE = 1_000_000;

  type Found = BoundedText | null | undefined;
  const textOf = (found: Found): string => found?.text ?? '';
  const jsonOf = (found: Found): unknown =>
    JSON.parse([...new EndpointsJson(textOf(found)).selfContained()].join(''));
  const endpointsOf = (found: Found): { environmentId: string; path: string }[] =>
    (jsonOf(found) as { endpoints: { environmentId: string; path: string }[] }).endpoints;

  it('tells a missing application from a missing environment', async () => {
    expect(jsonOf(await discovery.endpoints('key-of-a', 'live', ANY_SIZE))).toMatchObject({
      environment: { id: 'a-live', applicationId: 'a' },
    });
    expect(await discovery.endpoints('key-of-c', 'live', ANY_SIZE)).toBeNull();
    expect(await discovery.endpoints('absent', 'live', ANY_SIZE)).toBeUndefined();
  });

  it('gives the endpoints of an environment in order, and none where there are none', async () => {
    const found = endpointsOf(await discovery.endpoints('key-of-b', 'live', ANY_SIZE));
    expect(found.map(({ environmentId, path }) => `${environmentId} ${path}`)).toEqual([
      'b-live /1',
      'b-live /2',
      'b-live /3',
    ]);
    expect(endpointsOf(await discovery.endpoints('key-of-d', 'live', ANY_SIZE))).toEqual([]);
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
    expect(await discovery.environment('absent', 'live')).toBeUndefined();
    await opened.outside.query(
      `INSERT INTO "Endpoint" ("id", "name", "path", "method", "environmentId")
       SELECT path, 'x', path, 'GET', 'd-live' FROM unnest(ARRAY['/b', '/a', '/B', '/ä']) path`,
    );
    const registered = separatedTexts(textOf(await discovery.registered('d-live', ANY_SIZE))).map(
      (json) => JSON.parse(json) as object,
    );
    expect(registered.map((each) => (each as { path: string }).path)).toEqual(['/B', '/a', '/b', '/ä']);
    expect(registered[0]).toEqual({
      ...LEFT_OUT,
      ...{ name: 'x', path: '/B', method: 'GET' },
    });
    await opened.outside.query(`DELETE FROM "Endpoint" WHERE "environmentId" = 'd-live'`);
  });

  it('gives shared definitions beside the endpoints, and as a sequence', async () => {
    await opened.outside.query(
      `INSERT INTO "Definition" VALUES ('a-live', 'Order', '{"type": "object"}'), ('a-live', 'Line', 'true')`,
    );
    const found = await discovery.endpoints('key-of-a', 'live', ANY_SIZE);
    expect(JSON.parse(new EndpointsJson(textOf(found)).shared().join(''))).toMatchObject({
      environment: { id: 'a-live' },
      endpoints: [{ path: '/1' }, { path: '/2' }, { path: '/3' }],
      definitions: { Line: true, Order: { type: 'object' } },
    });
    const [environment, count, ...records] = separatedTexts(textOf(found));
    expect([JSON.parse(environment ?? ''), count]).toMatchObject([{ environment: { id: 'a-live' } }, '3']);
    expect(records.slice(3)).toEqual(['Line', 'true', 'Order', '{"type": "object"}']);
    const definitionsOf = async (environmentId: string): Promise<string[]> => {
      const [, definitions = ''] = textOf(await discovery.registered(environmentId, ANY_SIZE)).split(
        '\u001d',
      );
      return separatedTexts(definitions);
    };
    expect(await definitionsOf('a-live')).toEqual(records.slice(3));
    expect(await definitionsOf('b-live')).toEqual([]);
    await opened.outside.query(`DELETE FROM "Definition"`);
  });

  it('lists the applications that have the environment, those of one time by id', async () => {
    const ids = async (environment: string, after: Keyset | undefined, limit: number): Promise<string[]> =>
      described(
        await discovery.applications({ environment, healthStatus: undefined, applications: null }, after, {
          limit,
          maxBytes: ANY_SIZE,
        }),
      );
    expect(await ids('live', undefined, 9)).toEqual(['a a-live', 'b b-live', 'd d-live']);
    expect(await ids('live', undefined, 2)).toEqual(['a a-live', 'b b-live', 'more']);
    expect(await ids('live', { createdAt: CREATED_AT, id: 'b' }, 2)).toEqual(['d d-live']);
    expect(await ids('live', { createdAt: CREATED_AT, id: 'd' }, 2)).toEqual([]);
    expect(await ids('nowhere', undefined, 2)).toEqual([]);
  });

  it('ends a part of the list with the application that exceeds its size, and reads none after it', async () => {
    const list = async (after: Keyset | undefined, maxBytes: number): Promise<string[]> =>
      described(
        await discovery.applications(
          { environment: 'live', healthStatus: undefined, applications: null },
          after,
          {
            limit: 9,
            maxBytes,
          },
        ),
      );
    expect(await list(undefined, 1)).toEqual(['a a-live', 'more']);
    expect(await list({ createdAt: CREATED_AT, id: 'b' }, 1)).toEqual(['d d-live']);
    const first = await discovery.applications(
      { environment: 'live', healthStatus: undefined, applications: null },
      undefined,
      {
        limit: 1,
        maxBytes: ANY_SIZE,
      },
    );
    const bytes = Buffer.byteLength(first.applications[0]?.sequence ?? '');
    expect(await list(undefined, bytes)).toEqual(['a a-live', 'more']);
    expect(await list(undefined, bytes + 1)).toEqual(['a a-live', 'b b-live', 'more']);
  });

  it('gives the size alone of what is larger than asked for', async () => {
    const { bytes = 0, text } = (await discovery.endpoints('key-of-b', 'live', ANY_SIZE)) ?? {};
    expect(bytes).toBe(Buffer.byteLength(text ?? ''));
    expect(await discovery.endpoints('key-of-b', 'live', bytes)).toEqual({ bytes, text });
    expect(await discovery.endpoints('key-of-b', 'live', bytes - 1)).toEqual({ bytes, text: null });
    const registered = await discovery.registered('b-live', ANY_SIZE);
    expect(separatedTexts(textOf(registered))).toHaveLength(3);
    expect(await discovery.registered('b-live', registered.bytes - 1)).toEqual({
      bytes: registered.bytes,
      text: null,
    });
    expect(await discovery.registered('d-live', 0)).toEqual({ bytes: 0, text: '' });
  });
});

function described({ applications, hasMore }: ListedApplications): string[] {
  return [
    ...applications.map(
      ({ id, sequence }) =>
        `${id} ${(JSON.parse(separatedTexts(sequence)[0] ?? '') as { environment: { id: string } }).environment.id}`,
    ),
    ...(hasMore ? ['more'] : []),
  ];
}
