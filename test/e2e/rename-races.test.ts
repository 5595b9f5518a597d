import type { Response } from 'supertest';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { entriesOf } from '../support/audit-trail.js';
import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { type HeldRequest, holdRequest } from '../support/held-request.js';
import { holdRows } from '../support/held-rows.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expireAlias, renameApplication, renameEnvironment } from '../support/renames.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** How often each race is run, more for a longer run: who wins is up to the machine, every outcome has to be legal. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 4);

let app: TestApp;
let replica: TestApp;
let made = 0;

beforeAll(async () => {
  app = await startApp();
  replica = await startApp({}, app.database);
});
afterAll(async () => {
  await replica.nest.close();
  await app.close();
});

const newKey = (): string => `thing-${++made}`;
const get = (to: TestApp, path: string): Promise<Response> =>
  Promise.resolve(to.http.get(path).set(AS_ADMIN));
const presentKey = async (to: TestApp, appKey: string): Promise<unknown> =>
  ((await get(to, `/applications/${appKey}`)).body as { appKey?: unknown }).appKey;
const statusesOf = (answers: readonly Response[]): number[] => answers.map(({ status }) => status);

interface Thing {
  readonly id: string;
  readonly appKey: string;
  readonly apiKey: string;
  readonly environmentId: string;
}

async function registered(): Promise<Thing> {
  const appKey = newKey();
  const { id, environments } = await createApplication(app, { appKey });
  const { apiKey } = await issueKey(app, appKey);
  return { id, appKey, apiKey, environmentId: environments[0]?.id ?? '' };
}

const register = (to: TestApp, { apiKey }: Thing, appKey: string): Promise<Response> =>
  Promise.resolve(
    to.http
      .post('/register/endpoints')
      .set(asApplication(appKey, apiKey))
      .send({ app_key: appKey, endpoints: [endpoint()] }),
  );

/** The former and the new app keys of all renames of an application, in their order. */
const renamesOf = async (id: string): Promise<(readonly [string, string])[]> => {
  const rows = await app.database.query<{ before: { appKey: string }; after: { appKey: string } }>(
    `SELECT "before", "after" FROM "AuditLog" WHERE "applicationId" = $1 AND "action" = 'application.renamed'
     ORDER BY "createdAt", "id"`,
    [id],
  );
  return rows.map(({ before, after }) => [before.appKey, after.appKey] as const);
};

describe('renames at once', () => {
  it('of one application come one after the other', async () => {
    const { id, appKey } = await registered();
    const held = await holdRows(
      app.database.url,
      `SELECT FROM "Application" WHERE "id" = '${id}' FOR UPDATE`,
    );
    const answers = Promise.all([
      renameApplication(app, appKey, { appKey: `${appKey}-one` }),
      renameApplication(replica, appKey, { appKey: `${appKey}-two` }),
    ]);
    await eventually(async () => (await held.waiting()) === 2);
    await held.release();
    expect(statusesOf(await answers)).toEqual([200, 200]);
    const renames = await renamesOf(id);
    expect(renames).toHaveLength(2);
    const last = renames[1]?.[1] ?? '';
    expect(renames.map(([from]) => from)).toEqual([appKey, renames[0]?.[1]]);
    for (const named of [appKey, `${appKey}-one`, `${appKey}-two`]) {
      expect(await presentKey(app, named)).toBe(last);
    }
  });

  it('to one app key: one application gets it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, two, wanted] = [await registered(), await registered(), newKey()];
      const answers = await Promise.all([
        renameApplication(app, one.appKey, { appKey: wanted }),
        renameApplication(replica, two.appKey, { appKey: wanted }),
      ]);
      expect(statusesOf(answers).sort()).toEqual([200, 409]);
      const renames = [...(await renamesOf(one.id)), ...(await renamesOf(two.id))];
      expect(renames).toEqual([[expect.any(String), wanted]]);
    }
  });

  it('that exchange app keys are both refused, or one is', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, two] = [await registered(), await registered()];
      const answers = await Promise.all([
        renameApplication(app, one.appKey, { appKey: two.appKey }),
        renameApplication(replica, two.appKey, { appKey: one.appKey }),
      ]);
      // 503: each waits for the other one, and PostgreSQL ends one of them.
      for (const status of statusesOf(answers)) expect([409, 503]).toContain(status);
      expect(await presentKey(app, one.appKey)).toBe(one.appKey);
      expect(await presentKey(app, two.appKey)).toBe(two.appKey);
    }
  });

  it('and a creation: one of them gets the app key', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [{ id, appKey }, wanted] = [await registered(), newKey()];
      const rename = (): Promise<Response> => renameApplication(app, appKey, { appKey: wanted });
      const create = (): Promise<Response> =>
        Promise.resolve(
          replica.http.post('/applications').set(AS_ADMIN).send({ name: 'New', appKey: wanted }),
        );
      const requests = round % 2 === 0 ? [rename(), create()] : [create(), rename()];
      const statuses = statusesOf(await Promise.all(requests)).sort();
      expect([
        [200, 409],
        [201, 409],
      ]).toContainEqual(statuses);
      expect(await renamesOf(id)).toEqual(statuses[0] === 200 ? [[appKey, wanted]] : []);
    }
  });

  it('and a creation of the app key that is left: it stays with the renamed application', async () => {
    const { id, appKey } = await registered();
    const held = await holdRows(
      app.database.url,
      `SELECT FROM "Operator" FOR UPDATE; LOCK TABLE "AppKeyAlias" IN EXCLUSIVE MODE`,
    );
    // It has its new app key, and waits before its alias is written.
    const renamed = renameApplication(app, appKey, { appKey: `${appKey}-now` });
    await eventually(async () => (await held.waiting()) === 1);
    const created = Promise.resolve(
      replica.http.post('/applications').set(AS_ADMIN).send({ name: 'New', appKey }),
    );
    await eventually(async () => (await held.waiting()) === 2);
    await held.release();
    expect((await renamed).status).toBe(200);
    expect([(await created).status, (await created).body]).toEqual([
      409,
      expect.objectContaining({ type: 'urn:mcp-registry:problem:app-key-is-alias' }),
    ]);
    expect(await renamesOf(id)).toEqual([[appKey, `${appKey}-now`]]);
    expect(await presentKey(replica, appKey)).toBe(`${appKey}-now`);
  });

  it('of environments to one name: one of them gets it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const appKey = newKey();
      await createApplication(app, { appKey, environments: [{ name: 'one' }, { name: 'two' }] });
      const answers = await Promise.all([
        renameEnvironment(app, appKey, 'one', { name: 'wanted' }),
        renameEnvironment(replica, appKey, 'two', { name: 'wanted' }),
      ]);
      expect(statusesOf(answers).sort()).toEqual([200, 409]);
    }
  });
});

describe('a request that is under way during a rename', () => {
  const PATHS = {
    'POST /register/endpoints': ({ appKey }: Thing) => ({
      method: 'POST',
      path: '/register/endpoints',
      body: { app_key: appKey, endpoints: [endpoint()] },
    }),
    'PUT /applications/{app_key}': ({ appKey }: Thing) => ({
      method: 'PUT',
      path: `/applications/${appKey}`,
      body: { appKey, description: 'Changed' },
    }),
  };
  const hold = (thing: Thing, route: keyof typeof PATHS, id: string): Promise<HeldRequest> => {
    const { method, path, body } = PATHS[route](thing);
    const headers = { ...asApplication(thing.appKey, thing.apiKey), 'X-Request-Id': id };
    return holdRequest(app, method, path, { headers, body });
  };
  const namesIn = async (requestId: string): Promise<unknown[]> =>
    (await entriesOf(app, requestId))
      .filter(({ action }) => action !== 'credentials.refused')
      .map(({ appKey, environment, applicationId }) => ({ appKey, environment, applicationId }));

  it.each(Object.keys(PATHS) as (keyof typeof PATHS)[])(
    'is carried out, and recorded under the new app key: %s',
    async (route) => {
      for (const renaming of [app, replica]) {
        const thing = await registered();
        const requestId = `held-${thing.appKey}`;
        const request = await hold(thing, route, requestId);
        const now = `${thing.appKey}-now`;
        expect((await renameApplication(renaming, thing.appKey, { appKey: now })).status).toBe(200);
        expect((await request.finish()).status).toBe(200);
        const environment = route === 'POST /register/endpoints' ? 'production' : null;
        expect(await namesIn(requestId)).toEqual([{ appKey: now, environment, applicationId: thing.id }]);
      }
    },
  );

  it.each(Object.keys(PATHS) as (keyof typeof PATHS)[])(
    'is carried out when it has waited for the rename in its transaction: %s',
    async (route) => {
      const thing = await registered();
      const requestId = `waiting-${thing.appKey}`;
      const now = `${thing.appKey}-now`;
      const held = await holdRows(
        app.database.url,
        `UPDATE "Application" SET "appKey" = '${now}' WHERE "id" = '${thing.id}';
         INSERT INTO "AppKeyAlias" VALUES ('${thing.appKey}', '${thing.id}', now(), now() + interval '1 hour')`,
      );
      const answer = (await hold(thing, route, requestId)).finish();
      await eventually(async () => (await held.waiting()) === 1);
      await held.commit();
      expect((await answer).status).toBe(200);
      const environment = route === 'POST /register/endpoints' ? 'production' : null;
      expect(await namesIn(requestId)).toEqual([{ appKey: now, environment, applicationId: thing.id }]);
    },
  );

  it('registers in the renamed environment when it has waited for the rename in its transaction', async () => {
    const thing = await registered();
    const held = await holdRows(
      app.database.url,
      `UPDATE "Environment" SET "name" = 'live' WHERE "id" = '${thing.environmentId}'`,
    );
    const answer = (await hold(thing, 'POST /register/endpoints', `live-${thing.appKey}`)).finish();
    await eventually(async () => (await held.waiting()) === 1);
    await held.commit();
    expect((await answer).status).toBe(200);
    expect(await namesIn(`live-${thing.appKey}`)).toEqual([
      { appKey: thing.appKey, environment: 'live', applicationId: thing.id },
    ]);
  });

  it('is refused when its environment was renamed before its body arrived', async () => {
    const thing = await registered();
    const request = await hold(thing, 'POST /register/endpoints', `late-${thing.appKey}`);
    const answer = await renameEnvironment(app, thing.appKey, 'production', { name: 'live' });
    expect(answer.status).toBe(200);
    expect(await request.finish()).toMatchObject({
      status: 403,
      body: { type: 'urn:mcp-registry:problem:other-environment' },
    });
    expect(await namesIn(`late-${thing.appKey}`)).toEqual([]);
  });
});

describe('every replica', () => {
  it('answers to the new app key within a second, and never fails for the old one', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const thing = await registered();
      const now = `${thing.appKey}-now`;
      // What it knows of the application by then is in its memory.
      expect((await register(replica, thing, thing.appKey)).status).toBe(200);
      expect((await get(replica, `/endpoints?app_key=${thing.appKey}`)).status).toBe(200);
      let isRenamed = false;
      const statuses = new Set<number>();
      const clients = [
        (key: string) => get(replica, `/endpoints?app_key=${key}`),
        (key: string) => get(replica, `/applications/${key}`),
        (key: string) => register(replica, thing, key),
        (key: string) =>
          Promise.resolve(
            replica.http
              .put(`/applications/${key}`)
              .set(asApplication(key, thing.apiKey))
              .send({ appKey: key, description: `Started ${statuses.size}` }),
          ),
      ].map(async (call) => {
        for (let calls = 0; calls < 5 || !isRenamed; calls++) statuses.add((await call(thing.appKey)).status);
      });
      expect((await renameApplication(app, thing.appKey, { appKey: now })).status).toBe(200);
      await eventually(async () => (await get(replica, `/endpoints?app_key=${now}`)).status === 200, {
        within: 1000,
      });
      expect((await register(replica, thing, now)).status).toBe(200);
      isRenamed = true;
      await Promise.all(clients);
      expect([...statuses]).toEqual([200]);
      expect((await get(replica, `/endpoints?app_key=${now}`)).body).toEqual(
        (await get(app, `/endpoints?app_key=${thing.appKey}`)).body,
      );
    }
  });

  it('that hears of no change asks the database, and so answers to both app keys at once', async () => {
    const thing = await registered();
    const deaf = await startApp({}, app.database);
    try {
      expect((await register(deaf, thing, thing.appKey)).status).toBe(200);
      await deaf.nest.get(ChangeFeed).stop();
      const now = `${thing.appKey}-now`;
      expect((await renameApplication(app, thing.appKey, { appKey: now })).status).toBe(200);
      for (const named of [thing.appKey, now]) {
        expect((await get(deaf, `/endpoints?app_key=${named}`)).status).toBe(200);
        expect((await get(deaf, `/search?q=order&application=${named}`)).body).toMatchObject({
          hits: [{ application: now }],
        });
        expect((await register(deaf, thing, named)).status).toBe(200);
        expect(await presentKey(deaf, named)).toBe(now);
      }
      await expireAlias(app, thing.appKey);
      expect((await get(deaf, `/endpoints?app_key=${thing.appKey}`)).status).toBe(404);
      expect((await register(deaf, thing, thing.appKey)).status).toBe(401);
    } finally {
      await deaf.nest.close();
    }
  });

  it('answers to the new name of an environment within a second', async () => {
    const { appKey, apiKey } = await registered();
    const path = (name: string): string => `/endpoints?app_key=${appKey}&environment=${name}`;
    expect((await get(replica, path('production'))).status).toBe(200);
    expect((await renameEnvironment(app, appKey, 'production', { name: 'live' })).status).toBe(200);
    await eventually(async () => (await get(replica, path('production'))).status === 404, { within: 1000 });
    expect((await get(replica, path('live'))).status).toBe(200);
    const update = await replica.http
      .put(`/applications/${appKey}`)
      .set(asApplication(appKey, apiKey, 'live'))
      .send({});
    expect(update.status).toBe(200);
  });
});
