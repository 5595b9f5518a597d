import { JsonText } from '#libs/json/json-text.js';
import { EndpointsRepository } from '#registry/endpoints/endpoints.repository.js';
import { type RegisteredEndpoint, registeredEndpoint } from '#registry/endpoints/registered-endpoint.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { openRepositoryDatabase, type RepositoryDatabase } from '../support/repository-database.js';
import { insertApplicationRows, insertEnvironmentRows } from '../support/row-builders.js';

const json = (value: unknown): JsonText => new JsonText(JSON.stringify(value));

describe('EndpointsRepository', () => {
  let opened: RepositoryDatabase;
  let endpoints: EndpointsRepository;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    endpoints = new EndpointsRepository(opened.database);
    await insertApplicationRows(opened.outside, 'app');
    await insertEnvironmentRows(opened.outside, 'app', 'production', 'staging');
  });
  afterAll(() => opened.close());

  const registered = (path: string, fields: Partial<RegisteredEndpoint> = {}): RegisteredEndpoint => ({
    ...registeredEndpoint({ name: 'Operation', path, method: 'GET' }),
    ...fields,
  });

  async function store(environmentId: string, batch: RegisteredEndpoint[]): Promise<void> {
    await endpoints.apply(environmentId, await endpoints.differences(environmentId, batch));
  }

  it('tells what a batch would add, change and delete, old values and fields included', async () => {
    await store('production', [
      registered('/same', { requestBody: json({ a: 1, b: [1, 2] }) }),
      registered('/changed', { authConfig: json('free text'), description: 'Old' }),
      registered('/dropped'),
    ]);
    await store('staging', [registered('/untouched')]);
    const batch = [
      registered('/new'),
      registered('/changed', { authConfig: json({ free: 'text' }), description: null, isPublic: true }),
      registered('/same', { requestBody: json({ b: [1, 2], a: 1 }) }),
    ];
    expect(await endpoints.differences('production', batch)).toEqual([
      { kind: 'added', new: batch[0] },
      {
        kind: 'updated',
        old: expect.objectContaining({ authConfig: json('free text'), description: 'Old', isPublic: false }),
        new: batch[1],
        fields: ['description', 'isPublic', 'authConfig'],
      },
      {
        kind: 'deleted',
        old: expect.objectContaining({ method: 'GET', path: '/dropped', name: 'Operation' }),
      },
    ]);

    await store('production', batch);
    expect(await endpoints.differences('production', batch)).toEqual([]);
    expect(await endpoints.differences('staging', [registered('/untouched')])).toEqual([]);
  });

  it('compares rows of other writers by their meaning, numbers to the last digit', async () => {
    const write = (json: string): Promise<unknown> =>
      opened.outside.query(`UPDATE "Endpoint" SET "requestBody" = $1 WHERE "environmentId" = 'numbers'`, [
        json,
      ]);
    await insertEnvironmentRows(opened.outside, 'app', 'numbers');
    const batch = [registered('/numbers', { requestBody: json({ a: 100, b: 9007199254740992 }) })];
    await store('numbers', batch);
    await write('{ "b": 9007199254740992.0, "a": 1e2 }');
    expect(await endpoints.differences('numbers', batch)).toEqual([]);
    await write('{"a":100,"b":9007199254740993}');
    expect(await endpoints.differences('numbers', batch)).toMatchObject([
      { kind: 'updated', fields: ['requestBody'] },
    ]);
    await write('null');
    expect(
      await endpoints.differences('numbers', [registered('/numbers', { requestBody: null })]),
    ).toMatchObject([{ kind: 'updated', fields: ['requestBody'] }]);
  });

  it('writes in the current transaction', async () => {
    const before = await opened.outside.query(`SELECT "id" FROM "Endpoint" ORDER BY "id"`);
    const work = opened.database.transaction(async () => {
      await store('staging', [registered('/undone')]);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await opened.outside.query(`SELECT "id" FROM "Endpoint" ORDER BY "id"`)).toEqual(before);
  });
});
