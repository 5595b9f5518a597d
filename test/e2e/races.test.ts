import pg from 'pg';
import type { Response } from 'supertest';
import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** How often each race is run, more for a longer run: who wins is up to the machine, every outcome has to be legal. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 4);
const MAX_CONNECTIONS = 10;
/** Connections to this database that wait for another transaction's lock. */
const WAITING = `FROM pg_stat_activity WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`;

interface Counts {
  readonly added: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
}

describe('races', () => {
  let app: TestApp;
  let made = 0;

  beforeAll(async () => {
    app = await startApp({ MAX_CONNECTIONS: String(MAX_CONNECTIONS) });
  });
  afterAll(() => app.close());

  const newKey = (): string => `race-${++made}`;
  const count = async (sql: string, ...parameters: unknown[]): Promise<number> => {
    const [row] = await app.database.query<{ count: number }>(
      `SELECT count(*)::int AS "count" ${sql}`,
      parameters,
    );
    return row?.count ?? -1;
  };
  const entries = (appKey: string, action: string): Promise<number> =>
    count('FROM "AuditLog" WHERE "appKey" = $1 AND "action" = $2', appKey, action);

  /** Sends all at once, in an order that changes from round to round. */
  async function atOnce(round: number, ...requests: (() => PromiseLike<Response>)[]): Promise<Response[]> {
    const answers: Promise<Response>[] = [];
    for (let turn = 0; turn < requests.length; turn++) {
      const index = (turn + round) % requests.length;
      // Supertest sends when it is waited for.
      answers[index] = Promise.resolve().then(
        () => requests[index]?.() ?? Promise.reject(new Error('no request')),
      );
    }
    return Promise.all(answers);
  }

  const statuses = (responses: readonly Response[]): string =>
    responses.map(({ status }) => status).join(' ');

  /** Runs a race again and again; every round has to end in one of the outcomes, `statuses` in the order given. */
  async function race(legal: readonly string[], run: (round: number) => Promise<Response[]>): Promise<void> {
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      outcomes.add(statuses(await run(round)));
    }
    expect([...outcomes].filter((outcome) => !legal.includes(outcome))).toEqual([]);
  }

  const register = (appKey: string, apiKey: string, endpoints: unknown[]) => (): PromiseLike<Response> =>
    app.http
      .post('/register/endpoints')
      .set(asApplication(appKey, apiKey))
      .send({ app_key: appKey, endpoints });
  const update = (appKey: string, description: string) => (): PromiseLike<Response> =>
    app.http.put(`/applications/${appKey}`).set(AS_ADMIN).send({ description });
  const own = (appKey: string, apiKey: string, description: string) => (): PromiseLike<Response> =>
    app.http.put(`/applications/${appKey}`).set(asApplication(appKey, apiKey)).send({ description });
  const remove = (path: string) => (): PromiseLike<Response> => app.http.delete(path).set(AS_ADMIN);
  const post = (path: string, body: object) => (): PromiseLike<Response> =>
    app.http.post(path).set(AS_ADMIN).send(body);
  const put = (path: string, body: object) => (): PromiseLike<Response> =>
    app.http.put(path).set(AS_ADMIN).send(body);

  async function withKey(): Promise<{ appKey: string; environment: string; id: string; apiKey: string }> {
    const appKey = newKey();
    await createApplication(app, { appKey });
    return {
      appKey,
      environment: `/applications/${appKey}/environments/production`,
      ...(await issueKey(app, appKey)),
    };
  }

  /** Of a deleted application or environment nothing is left. */
  async function expectNothingBelow(appKey: string, environmentId: string): Promise<void> {
    expect([
      appKey,
      await count('FROM "Environment" WHERE "id" = $1', environmentId),
      await count('FROM "Endpoint" WHERE "environmentId" = $1', environmentId),
      await count('FROM "ApiKey" WHERE "environmentId" = $1', environmentId),
    ]).toEqual([appKey, 0, 0, 0]);
  }

  const environmentId = async (appKey: string): Promise<string> => {
    const [row] = await app.database.query<{ id: string }>(
      `SELECT e."id" FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId" WHERE a."appKey" = $1`,
      [appKey],
    );
    return row?.id ?? '';
  };

  it('of batches for one environment end as one of the sets, never a mix, and every count adds up', async () => {
    const { appKey, apiKey } = await withKey();
    const id = await environmentId(appKey);
    const set = (round: number, name: string, first: number, size: number): unknown[] =>
      Array.from({ length: size }, (_, index) =>
        endpoint({ path: `/things/${first + index}`, name: `${name} of round ${round}`, description: name }),
      );
    let size = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // They overlap, so that a mix would show as a set of both names.
      const batches = { a: set(round, 'a', 0, 30), b: set(round, 'b', 15, 25), c: set(round, 'c', 0, 40) };
      const answers = await atOnce(
        round,
        ...Object.values(batches).map((batch) => register(appKey, apiKey, batch)),
      );
      expect(statuses(answers)).toBe('200 200 200');
      const stored = await app.database.query<{ name: string; path: string }>(
        'SELECT "name", "path" FROM "Endpoint" WHERE "environmentId" = $1',
        [id],
      );
      const names = new Set(stored.map(({ name }) => name));
      expect(names.size).toBe(1);
      const [winner = ''] = [...names].map((name) => name.slice(0, 1));
      expect(stored.map(({ path }) => path).sort()).toEqual(
        batches[winner as keyof typeof batches].map((each) => (each as { path: string }).path).sort(),
      );
      const counts = answers.map(({ body }) => body as Counts);
      Object.values(batches).forEach((batch, index) => {
        const { added = 0, updated = 0, unchanged = 0 } = counts[index] ?? {};
        expect(added + updated + unchanged).toBe(batch.length);
      });
      size += counts.reduce((sum, { added, deleted }) => sum + added - deleted, 0);
      expect(stored).toHaveLength(size);
      for (const response of answers) {
        const [entry] = await app.database.query<{
          before: { deleted: object; updated: object };
          after: { added: unknown[]; updated: object };
        }>('SELECT "before", "after" FROM "AuditLog" WHERE "requestId" = $1', [
          response.headers['x-request-id'],
        ]);
        expect({
          added: entry?.after.added.length,
          updated: Object.keys(entry?.after.updated ?? {}).length,
          deleted: Object.keys(entry?.before.deleted ?? {}).length,
        }).toEqual({
          added: (response.body as Counts).added,
          updated: (response.body as Counts).updated,
          deleted: (response.body as Counts).deleted,
        });
      }
    }
    expect(await entries(appKey, 'endpoints.registered')).toBe(3 * ROUNDS);
  });

  it('of many batches at once, more than there are connections, are all answered', async () => {
    const { appKey, apiKey } = await withKey();
    const BATCHES = 2 * MAX_CONNECTIONS;
    const batch = (index: number): unknown[] =>
      Array.from({ length: 20 }, (_, each) => endpoint({ path: `/many/${each}`, name: `batch ${index}` }));
    const answers = await atOnce(
      0,
      ...Array.from({ length: BATCHES }, (_, index) => register(appKey, apiKey, batch(index))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const names = await app.database.query<{ name: string; count: number }>(
      'SELECT "name", count(*)::int AS "count" FROM "Endpoint" WHERE "environmentId" = $1 GROUP BY "name"',
      [await environmentId(appKey)],
    );
    expect(names).toEqual([{ name: expect.stringMatching(/^batch \d+$/), count: 20 }]);
    expect(await entries(appKey, 'endpoints.registered')).toBe(BATCHES);
  });

  it('of two creations of one app key give one application and one conflict', async () => {
    await race(['201 409', '409 201'], async (round) => {
      const appKey = newKey();
      const body = { name: 'Race', appKey, environments: [{ name: 'production' }, { name: 'staging' }] };
      const answers = await atOnce(round, post('/applications', body), post('/applications', body));
      expect(await count('FROM "Application" WHERE "appKey" = $1', appKey)).toBe(1);
      expect(
        await count(
          'FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId" WHERE a."appKey" = $1',
          appKey,
        ),
      ).toBe(2);
      expect(await entries(appKey, 'application.created')).toBe(1);
      return answers;
    });
  });

  it('of two creations of one name give both a key of their own', async () => {
    await race(['201 201'], async (round) => {
      const name = `Same name ${++made}`;
      const answers = await atOnce(round, post('/applications', { name }), post('/applications', { name }));
      const keys = answers.map(({ body }) => (body as { appKey: string }).appKey);
      expect(new Set(keys).size).toBe(2);
      expect(await count('FROM "Application" WHERE "name" = $1', name)).toBe(2);
      return answers;
    });
  });

  it('of two creations of one environment give one environment and one conflict', async () => {
    await race(['201 409', '409 201'], async (round) => {
      const appKey = newKey();
      await createApplication(app, { appKey });
      const create = post(`/applications/${appKey}/environments`, { name: 'staging' });
      const answers = await atOnce(round, create, create);
      expect(await entries(appKey, 'environment.created')).toBe(1);
      return answers;
    });
  });

  it('of two deletions of one application give one deletion', async () => {
    await race(['204 404', '404 204'], async (round) => {
      const { appKey } = await withKey();
      const answers = await atOnce(
        round,
        remove(`/applications/${appKey}`),
        remove(`/applications/${appKey}`),
      );
      expect(await entries(appKey, 'application.deleted')).toBe(1);
      return answers;
    });
  });

  it('of an update and the deletion of its application: before it, or not at all', async () => {
    await race(['200 204', '404 204'], async (round) => {
      const { appKey } = await withKey();
      const id = await environmentId(appKey);
      const answers = await atOnce(round, update(appKey, 'changed'), remove(`/applications/${appKey}`));
      const updated = answers[0]?.status === 200;
      expect(await entries(appKey, 'application.updated')).toBe(updated ? 1 : 0);
      expect(await entries(appKey, 'application.deleted')).toBe(1);
      const [deletion] = await app.database.query<{ before: { description: string | null } }>(
        `SELECT "before" FROM "AuditLog" WHERE "appKey" = $1 AND "action" = 'application.deleted'`,
        [appKey],
      );
      expect(deletion?.before.description).toBe(updated ? 'changed' : null);
      await expectNothingBelow(appKey, id);
      return answers;
    });
  });

  it("of an application's own update and its deletion: before it, not found, or no longer known", async () => {
    await race(['200 204', '404 204', '401 204'], async (round) => {
      const { appKey, apiKey } = await withKey();
      const answers = await atOnce(round, own(appKey, apiKey, 'own'), remove(`/applications/${appKey}`));
      expect(await entries(appKey, 'application.updated')).toBe(answers[0]?.status === 200 ? 1 : 0);
      return answers;
    });
  });

  it('of updates of one application are made one after the other', async () => {
    const appKey = newKey();
    await createApplication(app, { appKey });
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await atOnce(
        round,
        update(appKey, `a ${round}`),
        put(`/applications/${appKey}`, { name: `b ${round}` }),
      );
      expect(statuses(answers)).toBe('200 200');
      // Neither takes back what the other set.
      const stored = await app.http.get(`/applications/${appKey}`).set(AS_ADMIN);
      expect(stored.body).toMatchObject({ description: `a ${round}`, name: `b ${round}` });
    }
    expect(await entries(appKey, 'application.updated')).toBe(2 * ROUNDS);
  });

  it.each(['environment', 'application'] as const)(
    'of an update of an environment and the deletion of the %s: before it, or not at all',
    async (what) => {
      await race(['200 204', '404 204'], async (round) => {
        const { appKey, environment } = await withKey();
        const id = await environmentId(appKey);
        const deleted = what === 'environment' ? environment : `/applications/${appKey}`;
        const answers = await atOnce(round, put(environment, { description: 'changed' }), remove(deleted));
        expect(await entries(appKey, 'environment.updated')).toBe(answers[0]?.status === 200 ? 1 : 0);
        expect(await entries(appKey, `${what}.deleted`)).toBe(1);
        await expectNothingBelow(appKey, id);
        return answers;
      });
    },
  );

  it('of changes to environments and the deletion of their application: the trail tells what was deleted', async () => {
    const appKey = newKey();
    await createApplication(app, { appKey, environments: [{ name: 'changed' }, { name: 'deleted' }] });
    const rival = new pg.Client(app.database.url);
    await rival.connect();
    try {
      await rival.query('BEGIN');
      const own = `"applicationId" = (SELECT "id" FROM "Application" WHERE "appKey" = '${appKey}')`;
      await rival.query(
        `UPDATE "Environment" SET "description" = 'at last' WHERE "name" = 'changed' AND ${own}`,
      );
      await rival.query(`DELETE FROM "Environment" WHERE "name" = 'deleted' AND ${own}`);
      const deletion = Promise.resolve(remove(`/applications/${appKey}`)());
      await eventually(async () => (await count(WAITING)) === 1);
      await rival.query('COMMIT');
      expect((await deletion).status).toBe(204);
    } finally {
      await rival.end();
    }
    const [entry] = await app.database.query<{ before: { environments: object[] } }>(
      `SELECT "before" FROM "AuditLog" WHERE "appKey" = $1 AND "action" = 'application.deleted'`,
      [appKey],
    );
    expect(entry?.before.environments).toEqual([
      expect.objectContaining({ name: 'changed', description: 'at last' }),
    ]);
  });

  it('of a new environment and the deletion of its application: before it, or not at all', async () => {
    await race(['201 204', '404 204'], async (round) => {
      const { appKey } = await withKey();
      const create = post(`/applications/${appKey}/environments`, { name: 'staging' });
      const answers = await atOnce(round, create, remove(`/applications/${appKey}`));
      const created = answers[0]?.status === 201;
      expect(await entries(appKey, 'environment.created')).toBe(created ? 1 : 0);
      if (created)
        await expectNothingBelow(appKey, (answers[0]?.body as { id: string } | undefined)?.id ?? '');
      return answers;
    });
  });

  it.each(['environment', 'application'] as const)(
    'of a batch and the deletion of its %s: before it, not found, or no longer known',
    async (what) => {
      await race(['200 204', '404 204', '401 204'], async (round) => {
        const { appKey, apiKey, environment } = await withKey();
        const id = await environmentId(appKey);
        const batch = Array.from({ length: 50 }, (_, index) => endpoint({ path: `/things/${index}` }));
        const deleted = what === 'environment' ? environment : `/applications/${appKey}`;
        const answers = await atOnce(round, register(appKey, apiKey, batch), remove(deleted));
        expect(await entries(appKey, 'endpoints.registered')).toBe(answers[0]?.status === 200 ? 1 : 0);
        expect(await entries(appKey, `${what}.deleted`)).toBe(1);
        await expectNothingBelow(appKey, id);
        return answers;
      });
    },
  );

  it.each(['environment', 'application'] as const)(
    'of issuing a key and the deletion of its %s: before it, or not at all',
    async (what) => {
      await race(['201 204', '404 204'], async (round) => {
        const { appKey, environment } = await withKey();
        const id = await environmentId(appKey);
        const deleted = what === 'environment' ? environment : `/applications/${appKey}`;
        const answers = await atOnce(
          round,
          post(`${environment}/api-keys`, { name: 'late' }),
          remove(deleted),
        );
        expect(await entries(appKey, 'api-key.issued')).toBe(answers[0]?.status === 201 ? 2 : 1);
        await expectNothingBelow(appKey, id);
        return answers;
      });
    },
  );

  it('of rotating and revoking a key: the old one ends revoked, and the new one is there only when it was handed out', async () => {
    await race(['201 204', '409 204'], async (round) => {
      const { appKey, environment, id, apiKey } = await withKey();
      const key = `${environment}/api-keys/${id}`;
      const answers = await atOnce(round, post(`${key}/rotate`, {}), remove(key));
      const rotated = answers[0]?.status === 201;
      expect(await entries(appKey, 'api-key.rotated')).toBe(rotated ? 1 : 0);
      // Revoking what rotation revoked already changes nothing.
      expect(await entries(appKey, 'api-key.revoked')).toBe(rotated ? 0 : 1);
      expect(
        await app.database.query(
          'SELECT "isActive", count(*)::int AS "keys" FROM "ApiKey" WHERE "environmentId" = $1 GROUP BY "isActive" ORDER BY "isActive"',
          [await environmentId(appKey)],
        ),
      ).toEqual([{ isActive: false, keys: 1 }, ...(rotated ? [{ isActive: true, keys: 1 }] : [])]);
      expect((await register(appKey, apiKey, [endpoint()])()).status).toBe(401);
      if (rotated) {
        const issued = answers[0]?.body as { apiKey: string };
        expect((await register(appKey, issued.apiKey, [endpoint()])()).status).toBe(200);
      }
      return answers;
    });
  });

  it('of batches, updates and the revocation of their key: nothing is changed once it is acknowledged', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { appKey, environment, id, apiKey } = await withKey();
      const batch = (name: string) => register(appKey, apiKey, [endpoint({ name })]);
      const update = own(appKey, apiKey, `round ${round}`);
      const answers = await atOnce(
        round,
        batch('a'),
        update,
        batch('b'),
        remove(`${environment}/api-keys/${id}`),
        batch('c'),
        update,
        batch('d'),
      );
      const [revocation, ...changes] = [answers[3], ...answers.filter((_, index) => index !== 3)];
      expect(revocation?.status).toBe(204);
      expect(changes.filter((each) => each.status !== 200 && each.status !== 401)).toEqual([]);
      const trail = await app.database.query<{ action: string }>(
        `SELECT "action" FROM "AuditLog"
         WHERE "appKey" = $1 AND "createdAt" >= (
           SELECT "createdAt" FROM "AuditLog" WHERE "appKey" = $1 AND "action" = 'api-key.revoked'
         ) AND "action" <> 'credentials.refused'`,
        [appKey],
      );
      expect(trail).toEqual([{ action: 'api-key.revoked' }]);
    }
  });

  it('of two rotations of one key give one new key', async () => {
    await race(['201 409', '409 201'], async (round) => {
      const { appKey, environment, id } = await withKey();
      const rotate = post(`${environment}/api-keys/${id}/rotate`, {});
      const answers = await atOnce(round, rotate, rotate);
      expect(await entries(appKey, 'api-key.rotated')).toBe(1);
      expect(
        await count('FROM "ApiKey" WHERE "environmentId" = $1 AND "isActive"', await environmentId(appKey)),
      ).toBe(1);
      return answers;
    });
  });

  it.each(['environment', 'application'] as const)(
    'of rotating a key and the deletion of its %s: before it, or not at all',
    async (what) => {
      await race(['201 204', '404 204'], async (round) => {
        const { appKey, environment, id } = await withKey();
        const environmentOf = await environmentId(appKey);
        const deleted = what === 'environment' ? environment : `/applications/${appKey}`;
        const answers = await atOnce(
          round,
          post(`${environment}/api-keys/${id}/rotate`, {}),
          remove(deleted),
        );
        expect(await entries(appKey, 'api-key.rotated')).toBe(answers[0]?.status === 201 ? 1 : 0);
        await expectNothingBelow(appKey, environmentOf);
        return answers;
      });
    },
  );

  it('of everything with everything leave neither a deadlock nor a row without its parent', async () => {
    const seen = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const { appKey, apiKey, environment, id } = await withKey();
      const application = `/applications/${appKey}`;
      const batch = Array.from({ length: 20 }, (_, index) =>
        endpoint({ path: `/things/${index}`, name: `round ${round}` }),
      );
      const answers = await atOnce(
        round,
        register(appKey, apiKey, batch),
        post(`${environment}/api-keys/${id}/rotate`, { gracePeriodSeconds: 60 }),
        update(appKey, 'changed'),
        post(`${environment}/api-keys`, { name: 'another' }),
        put(environment, { description: 'changed' }),
        register(appKey, apiKey, batch.slice(5)),
        own(appKey, apiKey, `round ${round}`),
        post(`${application}/environments`, { name: 'staging' }),
        remove(`${environment}/api-keys/${id}`),
        remove(environment),
        remove(application),
      );
      for (const { status } of answers) seen.add(status);
      expect([401, 404]).toContain((await register(appKey, apiKey, batch)()).status);
      expect(await count('FROM "Application" WHERE "appKey" = $1', appKey)).toBe(0);
    }
    expect([...seen].filter((status) => ![200, 201, 204, 401, 404, 409].includes(status))).toEqual([]);
    for (const [child, parent, column] of [
      ['Environment', 'Application', 'applicationId'],
      ['Endpoint', 'Environment', 'environmentId'],
      ['ApiKey', 'Environment', 'environmentId'],
    ] as const) {
      expect([
        child,
        await count(
          `FROM "${child}" c WHERE NOT EXISTS (SELECT FROM "${parent}" p WHERE p."id" = c."${column}")`,
        ),
      ]).toEqual([child, 0]);
    }
    const [{ deadlocks } = { deadlocks: -1 }] = await app.database.query<{ deadlocks: number }>(
      'SELECT "deadlocks"::int FROM pg_stat_database WHERE "datname" = current_database()',
    );
    expect(deadlocks).toBe(0);
  });
});
