import type { Response } from 'supertest';
import { DAY_MS } from '#libs/units/durations.js';
import { createApplication } from '../support/builders.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

interface Issued {
  readonly id: string;
  readonly expiresAt: string | null;
}

const API_KEY_DAYS = 90;
const OPERATOR_KEY_DAYS = 30;
/** What a clock may move between a request and its answer, with room for a slow machine. */
const TOLERANCE_MS = 60_000;

let app: TestApp;

beforeAll(async () => {
  app = await startApp({
    API_KEY_MAX_DAYS: String(API_KEY_DAYS),
    OPERATOR_KEY_MAX_DAYS: String(OPERATOR_KEY_DAYS),
  });
  stopIntervals(app);
  await createApplication(app, { appKey: 'orders' });
  for (const kind of ['person', 'service']) {
    await app.http.post('/operators').set(AS_ADMIN).send({ name: kind, kind, role: 'viewer' }).expect(201);
  }
});
afterAll(() => app.close());

const API_KEYS = {
  path: '/applications/orders/environments/production/api-keys',
  table: 'ApiKey',
  days: API_KEY_DAYS,
  setting: 'API_KEY_MAX_DAYS',
};
const KEYS_OF_A_PERSON = {
  path: '/operators/person/keys',
  table: 'OperatorKey',
  days: OPERATOR_KEY_DAYS,
  setting: 'OPERATOR_KEY_MAX_DAYS',
};
const KEYS_OF_A_SERVICE = { ...KEYS_OF_A_PERSON, path: '/operators/service/keys' };

const post = (path: string, body: object): Promise<Response> =>
  Promise.resolve(app.http.post(path).set(AS_ADMIN).send(body));

async function made(path: string, body: object): Promise<Issued> {
  const response = await post(path, body);
  expect(response.status).toBe(201);
  return response.body as Issued;
}

function expectDays({ expiresAt }: Issued, days: number): void {
  const life = Date.parse(expiresAt ?? '') - Date.now();
  expect(life).toBeGreaterThan(days * DAY_MS - TOLERANCE_MS);
  expect(life).toBeLessThanOrEqual(days * DAY_MS + TOLERANCE_MS);
}

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

describe.each([
  ['API keys', API_KEYS],
  ['keys of a person', KEYS_OF_A_PERSON],
  ['keys of a service', KEYS_OF_A_SERVICE],
])('with a greatest lifetime, %s', (_, { path, table, days, setting }) => {
  const rotation = async (): Promise<string> => `${path}/${(await made(path, { name: 'old' })).id}/rotate`;

  it('last as long as it when the request says nothing', async () => {
    expectDays(await made(path, { name: 'silent' }), days);
    expectDays(await made(path, { name: 'days null', expiresInDays: null }), days);
    expectDays(await made(await rotation(), {}), days);
  });

  it('may last that long, or shorter', async () => {
    expectDays(await made(path, { name: 'longest', expiresInDays: days }), days);
    expectDays(await made(path, { name: 'example', expiresAt: null, expiresInDays: 1 }), 1);
    expectDays(await made(path, { name: 'timed', expiresAt: inDays(days - 1) }), days - 1);
    expectDays(await made(await rotation(), { expiresInDays: days }), days);
  });

  it.each([
    ['days', '#/expiresInDays', () => ({ expiresInDays: days + 1 })],
    ['a time', '#/expiresAt', () => ({ expiresAt: inDays(days + 1) })],
    ['no end', '#/expiresAt', () => ({ expiresAt: null })],
    ['no end twice', '#/expiresAt', () => ({ expiresAt: null, expiresInDays: null })],
  ])('are refused beyond it, asked for as %s, with the limit in the answer', async (_as, pointer, asked) => {
    const rotate = await rotation();
    const count = async (): Promise<unknown> => app.database.query(`SELECT count(*) FROM "${table}"`);
    const before = await count();
    for (const [target, more] of [
      [path, { name: 'beyond' }],
      [rotate, {}],
    ] as const) {
      const answer = await post(target, { ...more, ...asked() });
      expectInvalid(answer, pointer);
      const { detail } = answer.body as { detail: string };
      expect(detail).toMatch(
        pointer === '#/expiresInDays'
          ? `#/expiresInDays must be at most ${days}: `
          : /^#\/expiresAt must be at most \d{4}-\d\d-\d\dT[\d:.]+Z: /,
      );
      expect(detail).toContain(`: the greatest lifetime of a key is ${days} days (${setting})`);
    }
    expect(await count()).toEqual(before);
  });

  it('made before stay as they are, and their successors do not', async () => {
    const { id } = await made(path, { name: 'older' });
    await app.database.query(`UPDATE "${table}" SET "expiresAt" = NULL WHERE "id" = $1`, [id]);
    expectDays(await made(`${path}/${id}/rotate`, { gracePeriodSeconds: 3600 }), days);
    const other = await made(path, { name: 'other' });
    const far = '2999-01-01T00:00:00.000Z';
    await app.database.query(`UPDATE "${table}" SET "expiresAt" = $2 WHERE "id" = $1`, [other.id, far]);
    expect(
      await app.database.query(`SELECT "expiresAt" FROM "${table}" WHERE "id" = $1`, [other.id]),
    ).toEqual([{ expiresAt: new Date(far) }]);
    expectDays(await made(`${path}/${other.id}/rotate`, {}), days);
  });
});

describe('a limit above the usual lifetime', () => {
  it('does not lengthen the keys of persons', async () => {
    const other = await startApp({ OPERATOR_KEY_MAX_DAYS: '365' });
    try {
      stopIntervals(other);
      await other.http
        .post('/operators')
        .set(AS_ADMIN)
        .send({ name: 'ann', kind: 'person', role: 'viewer' })
        .expect(201);
      const issued = await other.http.post('/operators/ann/keys').set(AS_ADMIN).send({ name: 'laptop' });
      expectDays(issued.body as Issued, 90);
    } finally {
      await other.close();
    }
  });
});
