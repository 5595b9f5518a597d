import pg from 'pg';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { LastUsedTimes } from '#registry/api-keys/last-used-times.js';
import type { RefusalLog } from '#registry/audit/refusal-log.js';
import { asApplication, createApplication, endpoint, type IssuedKey, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { type HeldAnswer, type HeldRequest, holdRequest } from '../support/held-request.js';
import { holdRows } from '../support/held-rows.js';
import { importKey } from '../support/imported-key.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** A key that may still write, and where it lives. */
interface Writer {
  readonly appKey: string;
  readonly application: string;
  readonly environment: string;
  readonly environmentId: string;
  readonly key: IssuedKey;
}

/** What an application may change, as a request that would change it. */
const WRITES = {
  'POST /register/endpoints': ({ appKey }: Writer) => ({
    method: 'POST',
    path: '/register/endpoints',
    body: { app_key: appKey, endpoints: [endpoint()] },
  }),
  'POST /register/endpoints?dryRun=true': ({ appKey }: Writer) => ({
    method: 'POST',
    path: '/register/endpoints?dryRun=true',
    body: { app_key: appKey, endpoints: [endpoint()] },
  }),
  'PUT /applications/{app_key}': ({ appKey }: Writer) => ({
    method: 'PUT',
    path: `/applications/${appKey}`,
    body: { description: 'overtaken' },
  }),
} as const;
type Write = keyof typeof WRITES;
const EVERY_WRITE = Object.keys(WRITES) as Write[];

/** What ends the authority of a key, done through a replica, and the reason the trail gives. */
const ENDS: Record<string, { reason: string; end: (replica: TestApp, writer: Writer) => Promise<unknown> }> =
  {
    'the revocation of its key': {
      reason: 'revoked-api-key',
      end: ({ http }, { environment, key }) =>
        http.delete(`${environment}/api-keys/${key.id}`).set(AS_ADMIN).expect(204),
    },
    'the rotation of its key': {
      reason: 'revoked-api-key',
      end: ({ http }, { environment, key }) =>
        http.post(`${environment}/api-keys/${key.id}/rotate`).set(AS_ADMIN).send({}).expect(201),
    },
    'the revocation of its key by SQL': {
      reason: 'revoked-api-key',
      end: ({ database }, { key }) =>
        database.query(`UPDATE "ApiKey" SET "isActive" = false WHERE "id" = $1`, [key.id]),
    },
    'the expiry of its key': {
      reason: 'expired-api-key',
      end: ({ database }, { key }) =>
        database.query(`UPDATE "ApiKey" SET "expiresAt" = now() WHERE "id" = $1`, [key.id]),
    },
    'the deletion of its key by SQL': {
      reason: 'unknown-api-key',
      end: ({ database }, { key }) => database.query(`DELETE FROM "ApiKey" WHERE "id" = $1`, [key.id]),
    },
    'the deactivation of its application': {
      reason: 'inactive-application',
      end: ({ http }, { application }) =>
        http.put(application).set(AS_ADMIN).send({ status: 'INACTIVE' }).expect(200),
    },
    'the deactivation of its environment': {
      reason: 'inactive-environment',
      end: ({ http }, { environment }) =>
        http.put(environment).set(AS_ADMIN).send({ status: 'INACTIVE' }).expect(200),
    },
    'the deletion of its environment': {
      reason: 'unknown-api-key',
      end: ({ http }, { environment }) => http.delete(environment).set(AS_ADMIN).expect(204),
    },
    'another environment in place of its own': {
      reason: 'unknown-api-key',
      end: async (replica, { application, environment }) => {
        await replica.http.delete(environment).set(AS_ADMIN).expect(204);
        const again = replica.http.post(`${application}/environments`).set(AS_ADMIN);
        await again.send({ name: 'production' }).expect(201);
      },
    },
    'the deletion of its application': {
      reason: 'unknown-api-key',
      end: ({ http }, { application }) => http.delete(application).set(AS_ADMIN).expect(204),
    },
    'another application in place of its own': {
      reason: 'unknown-api-key',
      end: async (replica, { application, appKey }) => {
        await replica.http.delete(application).set(AS_ADMIN).expect(204);
        const { id } = await createApplication(replica, { appKey });
        expect(id).toEqual(expect.any(String));
      },
    },
  };

const THROUGH_ANOTHER = [
  'the revocation of its key',
  'the deactivation of its application',
  'the deactivation of its environment',
];

let made = 0;

async function newWriter(app: TestApp, key: Record<string, unknown> = {}): Promise<Writer> {
  const appKey = `held-${++made}`;
  const { environments } = await createApplication(app, { appKey });
  const application = `/applications/${appKey}`;
  return {
    appKey,
    application,
    environment: `${application}/environments/production`,
    environmentId: environments[0]?.id ?? '',
    key: await issueKey(app, appKey, 'production', key),
  };
}

function hold(app: TestApp, write: Write, writer: Writer, apiKey = writer.key.apiKey): Promise<HeldRequest> {
  const { method, path, body } = WRITES[write](writer);
  return holdRequest(app, method, path, { headers: asApplication(writer.appKey, apiKey), body });
}

/** The trail of an application but for what the operator did, refusals included. */
async function trailOf(app: TestApp, appKey: string): Promise<Record<string, unknown>[]> {
  await app.nest.get<RefusalLog>(RefusalRecorder).flush();
  return app.database.query(
    `SELECT "action", "reason", "apiKeyId", "resourceId" FROM "AuditLog"
     WHERE "appKey" = $1 AND "actor" <> 'admin' ORDER BY "createdAt"`,
    [appKey],
  );
}

/** Nothing of the request is in the tables, and the trail says why. */
async function expectRefused(
  app: TestApp,
  answer: HeldAnswer,
  { writer, write, reason }: { writer: Writer; write: Write; reason: string },
): Promise<void> {
  expect(answer).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'ApiKey', 'content-type': expect.stringContaining('problem+json') },
    body: { type: 'urn:mcp-registry:problem:credentials-refused', status: 401 },
  });
  expect(await app.database.query(`SELECT FROM "Endpoint"`)).toHaveLength(0);
  expect(await app.database.query(`SELECT FROM "Application" WHERE "description" IS NOT NULL`)).toHaveLength(
    0,
  );
  expect(await trailOf(app, writer.appKey)).toEqual([
    expect.objectContaining({
      action: 'credentials.refused',
      reason,
      // Of a key that is gone the guard, which may come first, has no id.
      ...(reason !== 'unknown-api-key' && { apiKeyId: writer.key.id }),
      resourceId: write.startsWith('PUT') ? 'PUT /applications/:app_key' : 'POST /register/endpoints',
    }),
  ]);
}

describe('a request whose body is on its way', () => {
  let app: TestApp;
  /** Another process on the database, which is told of changes. */
  let replica: TestApp;
  /** One that is told of nothing any more. */
  let deaf: TestApp;
  let line: SeverableLine;

  beforeAll(async () => {
    app = await startApp();
    replica = await startApp({}, app.database);
    line = await severableLine(app.database.url);
    deaf = await startApp({ DATABASE_DIRECT_URL: line.url }, app.database);
    for (const each of [app, replica, deaf]) stopIntervals(each);
    await line.cut();
    await eventually(() => !deaf.nest.get(ChangeFeed).isCurrent);
  });
  afterAll(async () => {
    await deaf.nest.close();
    await line.close();
    await replica.nest.close();
    await app.close();
  });

  describe.each(EVERY_WRITE)('to %s', (write) => {
    it.each(Object.keys(ENDS))('is refused after %s', async (name) => {
      const { reason, end } = ENDS[name] ?? { reason: '', end: () => Promise.reject(new Error(name)) };
      const writer = await newWriter(app);
      const request = await hold(app, write, writer);
      await end(app, writer);
      await expectRefused(app, await request.finish(), { writer, write, reason });
    });

    it.each(THROUGH_ANOTHER)('is refused after %s through another replica', async (name) => {
      const { reason, end } = ENDS[name] ?? { reason: '', end: () => Promise.reject(new Error(name)) };
      const writer = await newWriter(app);
      const request = await hold(replica, write, writer);
      await end(app, writer);
      // At once: it may not have been told yet.
      await expectRefused(replica, await request.finish(), { writer, write, reason });
    });

    it.each(THROUGH_ANOTHER)('is refused after %s by a replica that is not told of it', async (name) => {
      const { reason, end } = ENDS[name] ?? { reason: '', end: () => Promise.reject(new Error(name)) };
      const writer = await newWriter(app);
      const request = await hold(deaf, write, writer);
      await end(app, writer);
      await expectRefused(deaf, await request.finish(), { writer, write, reason });
    });

    it('is refused when its key has expired meanwhile', async () => {
      const expiresAt = new Date(Date.now() + 2000).toISOString();
      const writer = await newWriter(app, { expiresAt });
      const request = await hold(app, write, writer);
      await eventually(async () => {
        const [row] = await app.database.query<{ past: boolean }>('SELECT now() >= $1 AS "past"', [
          expiresAt,
        ]);
        return row?.past;
      });
      await expectRefused(app, await request.finish(), { writer, write, reason: 'expired-api-key' });
    });

    it('is refused before its body is looked at', async () => {
      const writer = await newWriter(app);
      const { method, path } = WRITES[write](writer);
      const headers = asApplication(writer.appKey, writer.key.apiKey);
      const request = await holdRequest(app, method, path, {
        headers,
        body: { description: 7, endpoints: 7 },
      });
      await ENDS['the revocation of its key']?.end(app, writer);
      await expectRefused(app, await request.finish(), { writer, write, reason: 'revoked-api-key' });
    });

    it('is refused after the revocation of an imported key', async () => {
      const writer = await newWriter(app);
      const id = await importKey(app, writer.environmentId, 'an imported key');
      const imported = { ...writer, key: { ...writer.key, id, apiKey: 'an imported key' } };
      const request = await hold(app, write, imported);
      await ENDS['the revocation of its key']?.end(app, imported);
      await expectRefused(app, await request.finish(), {
        writer: imported,
        write,
        reason: 'revoked-api-key',
      });
    });

    it('is refused when its key is revoked between the look at it and the change', async () => {
      const writer = await newWriter(app);
      const request = await hold(app, write, writer);
      const rows = await holdRows(
        app.database.url,
        `SELECT FROM "Application" WHERE "appKey" = '${writer.appKey}' FOR UPDATE`,
      );
      const answer = request.finish();
      await eventually(async () => (await rows.waiting()) === 1);
      await ENDS['the revocation of its key']?.end(app, writer);
      await rows.release();
      await expectRefused(app, await answer, { writer, write, reason: 'revoked-api-key' });
    });
  });

  describe.each(EVERY_WRITE.filter((write) => !write.includes('dryRun')))('to %s', (write) => {
    /** Lets the change be made and keeps its transaction from ending. */
    async function frozen(
      writer: Writer,
    ): Promise<{ answer: Promise<HeldAnswer>; thaw: () => Promise<void> }> {
      const request = await hold(app, write, writer);
      const table = await holdRows(app.database.url, 'LOCK TABLE "AuditLog" IN SHARE MODE');
      const answer = request.finish();
      await eventually(async () => (await table.waiting()) === 1);
      return { answer, thaw: () => table.release() };
    }

    it.each([
      'the revocation of its key',
      'the deactivation of its application',
      'the deactivation of its environment',
    ])('is over before %s is acknowledged', async (name) => {
      const writer = await newWriter(app);
      const { answer, thaw } = await frozen(writer);
      let isAcknowledged = false;
      const ending = ENDS[name]?.end(app, writer).then(() => {
        isAcknowledged = true;
      });
      const waiting = `SELECT FROM pg_stat_activity
          WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`;
      await eventually(async () => (await app.database.query(waiting)).length === 2);
      expect(isAcknowledged).toBe(false);
      await thaw();
      expect((await answer).status).toBe(200);
      await ending;
      const actions = await app.database.query<{ action: string }>(
        `SELECT "action" FROM "AuditLog" WHERE "appKey" = $1 ORDER BY "createdAt" DESC LIMIT 2`,
        [writer.appKey],
      );
      const [last, change] = actions.map(({ action }) => action);
      expect(change).toBe(write.startsWith('PUT') ? 'application.updated' : 'endpoints.registered');
      expect(['api-key.revoked', 'application.updated', 'environment.updated']).toContain(last);
      await app.http.delete(writer.application).set(AS_ADMIN).expect(204);
    });

    it('is undone when its key expires before it is over', async () => {
      const expiresAt = new Date(Date.now() + 2000).toISOString();
      const writer = await newWriter(app, { expiresAt });
      const { answer, thaw } = await frozen(writer);
      await eventually(async () => {
        const [row] = await app.database.query<{ past: boolean }>('SELECT now() >= $1 AS "past"', [
          expiresAt,
        ]);
        return row?.past;
      });
      await thaw();
      await expectRefused(app, await answer, { writer, write, reason: 'expired-api-key' });
    });

    it('locks downwards: application, environment, key', async () => {
      const writer = await newWriter(app);
      const rows = {
        Application: `SELECT FROM "Application" WHERE "appKey" = '${writer.appKey}' FOR UPDATE NOWAIT`,
        Environment: `SELECT FROM "Environment" WHERE "id" = '${writer.environmentId}' FOR UPDATE NOWAIT`,
        ApiKey: `SELECT FROM "ApiKey" WHERE "id" = '${writer.key.id}' FOR UPDATE NOWAIT`,
      };
      const free = async (): Promise<string[]> => {
        const names: string[] = [];
        for (const [name, sql] of Object.entries(rows)) {
          await app.database.query(sql).then(
            () => names.push(name),
            () => undefined,
          );
        }
        return names;
      };
      const expected = { Application: ['Environment', 'ApiKey'], Environment: ['ApiKey'], ApiKey: [] };
      for (const [name, below] of Object.entries(expected)) {
        const request = await hold(app, write, writer);
        const held = await holdRows(app.database.url, rows[name as keyof typeof rows]);
        const answer = request.finish();
        await eventually(async () => (await held.waiting()) === 1);
        expect({ name, free: await free() }).toEqual({ name, free: below });
        await held.release();
        expect((await answer).status).toBe(200);
      }
      await app.http.delete(writer.application).set(AS_ADMIN).expect(204);
    });
  });

  it('is carried out while nothing happens to its key', async () => {
    const writer = await newWriter(app);
    for (const write of EVERY_WRITE) {
      for (const each of [app, replica, deaf]) {
        const request = await hold(each, write, writer);
        expect((await request.finish()).status).toBe(200);
      }
    }
    expect(await trailOf(app, writer.appKey)).toEqual(
      ['endpoints.registered', 'application.updated'].map((action) => expect.objectContaining({ action })),
    );
    await app.http.delete(writer.application).set(AS_ADMIN).expect(204);
  });
});

describe('when a key was last used', () => {
  it('is not lost while a change holds the key', async () => {
    const app = await startApp();
    const client = new pg.Client(app.database.url);
    await client.connect();
    try {
      stopIntervals(app);
      const { appKey, key } = await newWriter(app);
      const list = app.http.put(`/applications/${appKey}`).set(asApplication(appKey, key.apiKey));
      await list.send({}).expect(200);
      await client.query('BEGIN');
      await client.query(`SELECT FROM "ApiKey" WHERE "id" = $1 FOR NO KEY UPDATE`, [key.id]);
      const use = app.nest.get(LastUsedTimes);
      const lastUsedAt = async (): Promise<unknown> =>
        (await app.database.query(`SELECT "lastUsedAt" FROM "ApiKey" WHERE "id" = $1`, [key.id]))[0]
          ?.lastUsedAt;
      await use.flush();
      expect(await lastUsedAt()).toBeNull();
      await client.query('ROLLBACK');
      await use.flush();
      expect(await lastUsedAt()).toBeInstanceOf(Date);
    } finally {
      await client.end();
      await app.close();
    }
  });
});
