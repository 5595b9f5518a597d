import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Response } from 'supertest';
import { createApplication } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const ENTRIES = 1200;
const AS_NDJSON = { ...AS_ADMIN, Accept: 'application/x-ndjson' };

interface Line {
  readonly id: string;
  readonly cursor: string;
  readonly [field: string]: unknown;
}

/** What is read here of openapi.json. */
interface OpenApiText {
  readonly paths: {
    readonly '/audit-logs': {
      readonly get: {
        readonly responses: {
          readonly '200': {
            readonly content: {
              readonly 'application/x-ndjson': { readonly schema: { readonly $ref: string } };
            };
          };
        };
      };
    };
  };
  readonly components: { readonly schemas: Record<string, { readonly properties: object } | undefined> };
}

describe('GET /audit-logs as application/x-ndjson', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    stopIntervals(app);
    await createApplication(app, { appKey: 'orders' });
    await app.database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "appKey", "environment", "resourceType", "resourceId", "reason", "requestId", "before", "after")
       SELECT 'e-' || n, '2026-01-01Z'::timestamptz + make_interval(secs => n / 3), 'endpoints.registered', 'application', 'bulk',
              CASE n % 2 WHEN 0 THEN 'staging' ELSE 'production' END, 'endpoints', 'r-' || n % 7, NULL, 'q-' || n,
              E'{"n":\\r\\n1.10}', NULL
       FROM generate_series(1, ${ENTRIES}) n`,
    );
  });
  afterAll(() => app.close());

  const exported = (query: string): Promise<Response> =>
    Promise.resolve(app.http.get(`/audit-logs${query}`).set(AS_NDJSON).buffer(true).parse(asText));
  const linesOf = ({ body }: Response): Line[] =>
    (body as string)
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);

  it('is every entry of the filter, one a line, as the list shows it', async () => {
    const answer = await exported('?app_key=bulk');
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/x-ndjson',
      'no-store',
    ]);
    expect((answer.body as string).includes('"before":{"n":  1.10}')).toBe(true);
    const lines = linesOf(answer);
    expect(lines).toHaveLength(ENTRIES);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(ENTRIES);
    const listed = await app.http.get('/audit-logs?app_key=bulk&limit=500').set(AS_ADMIN).expect(200);
    expect(lines.slice(0, 500).map(({ cursor: _, ...entry }) => entry)).toEqual(listed.body);
  });

  it('is described line by line in openapi.json', async () => {
    const document = (await app.http.get('/openapi.json')).body as OpenApiText;
    const described = document.paths['/audit-logs'].get.responses['200'].content['application/x-ndjson'];
    const name = described.schema.$ref.replace('#/components/schemas/', '');
    const [line] = linesOf(await exported('?app_key=bulk'));
    expect(Object.keys(document.components.schemas[name]?.properties ?? {}).sort()).toEqual(
      Object.keys(line ?? {}).sort(),
    );
  });

  it('continues after the line of a cursor', async () => {
    const lines = linesOf(await exported('?app_key=bulk'));
    const rest = linesOf(await exported(`?app_key=bulk&cursor=${lines[700]?.cursor}`));
    expect(rest).toEqual(lines.slice(701));
    const last = await exported(`?app_key=bulk&cursor=${lines.at(-1)?.cursor}`);
    expect([last.status, last.body]).toEqual([200, '']);
  });

  it('is a JSON array for every other Accept', async () => {
    for (const accept of ['application/json', '*/*']) {
      const answer = await app.http
        .get('/audit-logs')
        .set({ ...AS_ADMIN, Accept: accept })
        .expect(200);
      expect([answer.headers['content-type'], Array.isArray(answer.body)]).toEqual([
        'application/json; charset=utf-8',
        true,
      ]);
    }
  });

  it('refuses what the list refuses', async () => {
    expectProblem(
      await app.http.get('/audit-logs').set('Accept', 'application/x-ndjson'),
      401,
      'credentials-refused',
    );
    expectInvalid(await app.http.get('/audit-logs?from=soon').set(AS_NDJSON), '#/from');
    expectInvalid(await app.http.get('/audit-logs?cursor=none').set(AS_NDJSON), '#/cursor');
  });

  it('is given to two clients at once, and to others when one of them has ended', async () => {
    await app.database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "appKey", "resourceType", "after")
       SELECT 'large-' || n, '2026-02-01Z', 'endpoints.registered', 'application', 'large', 'endpoints',
              to_json(t) FROM generate_series(1, 150) n,
              (SELECT string_agg(md5(m::text), '') AS t FROM generate_series(1, 1500) m) s`,
    );
    const open = async (): Promise<IncomingMessage> => {
      const sent = request(`${app.url}/audit-logs?app_key=large`, { headers: AS_NDJSON, agent: false });
      sent.end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      return answer;
    };
    const slow = [await open(), await open()];
    expect(slow.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    // A third waits for its place.
    const third = exported('?app_key=orders').then(({ status }) => status);
    slow[0]?.destroy();
    expect(await third).toBe(200);
    slow[1]?.destroy();
    await eventually(async () => (await exported('?app_key=orders')).status === 200);
  });
});

describe('GET /audit-logs', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    stopIntervals(app);
    await app.database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "environment", "resourceType", "resourceId", "reason", "requestId")
       SELECT 'e-' || n, '2026-01-01Z', 'endpoints.registered', 'application',
              CASE n % 2 WHEN 0 THEN 'staging' ELSE 'production' END, 'endpoints', 'r-' || n % 7,
              CASE n WHEN 5 THEN 'expired-api-key' END, 'q-' || n
       FROM generate_series(1, 20) n`,
    );
  });
  afterAll(() => app.close());

  it.each([
    ['environment=staging', 10],
    ['resource_id=r-3', 3],
    ['request_id=q-7', 1],
    ['reason=expired-api-key', 1],
    ['environment=staging&request_id=q-7', 0],
    ['environment=stag', 0],
  ])('?%s has %i entries', async (query, count) => {
    const answer = await app.http.get(`/audit-logs?${query}`).set(AS_ADMIN).expect(200);
    expect(answer.body).toHaveLength(count);
  });
});

function asText(response: unknown, done: (error: Error | null, body: string) => void): void {
  let text = '';
  const stream = response as NodeJS.ReadableStream;
  stream.on('data', (piece: Buffer) => (text += piece.toString()));
  stream.on('end', () => {
    done(null, text);
  });
}
