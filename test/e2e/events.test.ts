import { connect } from 'node:net';
import { EventsService } from '#registry/events/events.service.js';
import { type BuiltOperator, createApplication, createOperator } from '../support/builders.js';
import { FollowedEvents } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

type Headers = Readonly<Record<string, string>>;
const CONSOLE = { 'X-Registry-Console': '1', 'Sec-Fetch-Site': 'same-origin' };

const ENVIRONMENTS = [
  ['orders', 'production'],
  ['orders', 'staging'],
  ['payments', 'production'],
] as const;
/** Three attempts. */
const LIMIT_MS = 90_000;

describe('GET /events', () => {
  let app: TestApp;
  const opened: FollowedEvents[] = [];

  beforeAll(async () => {
    // A stream outlasts what other answers may take.
    app = await startApp({ REQUEST_TIMEOUT: '1', HEALTH_CHECK_TIMEOUT: '1' });
    stopIntervals(app);
    await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    await createApplication(app, { appKey: 'payments', environments: [{ name: 'production' }] });
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await eventually(() => openStreams() === 0);
  });
  afterAll(() => app.close());

  const openStreams = (): number => app.nest.get<{ streams: Set<unknown> }>(EventsService).streams.size;

  async function follow(as: Headers = AS_ADMIN, at = app): Promise<FollowedEvents> {
    const followed = await FollowedEvents.open(at.url, as);
    opened.push(followed);
    return followed;
  }

  const operator = (role: string, bindings: object = {}): Promise<BuiltOperator> =>
    createOperator(app, role, bindings);

  const setHealth = (appKey: string, name: string, health: string): Promise<unknown> =>
    app.database.query(
      `UPDATE "Environment" e SET "healthStatus" = $3 FROM "Application" a
       WHERE a."id" = e."applicationId" AND a."appKey" = $1 AND e."name" = $2`,
      [appKey, name, health],
    );

  /**
   * Where a loaded machine interrupts the change feed for a moment, streams are told to read everything in place of the
   * changes: again, then.
   */
  async function undisturbed(told: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await told();
        return;
      } catch (error) {
        const isDisturbed = opened.some(({ events }) => events.some(({ name }) => name === 'resync'));
        if (!isDisturbed || attempt === 3) throw error;
        for (const each of opened.splice(0)) each.close();
      }
    }
  }

  const tellsOfCommits = async (): Promise<void> => {
    await setHealth('orders', 'production', 'UNKNOWN');
    const followed = await follow();
    expect(followed.response.status).toBe(200);
    const { headers } = followed.response;
    expect([
      headers.get('content-type'),
      headers.get('cache-control'),
      headers.get('x-accel-buffering'),
    ]).toEqual(['text/event-stream; charset=utf-8', 'no-store', 'no']);
    await app.http.put('/applications/orders').set(AS_ADMIN).send({ name: 'Order Service' }).expect(200);
    await followed.until('application', { appKey: 'orders' });
    const entry = await followed.until('audit');
    const [newest] = (await app.http.get('/audit-logs?limit=1').set(AS_ADMIN)).body as { id: string }[];
    expect(entry?.data).toEqual({ id: newest?.id });
    await setHealth('orders', 'production', 'INACTIVE');
    const change = { appKey: 'orders', environment: 'production', from: 'UNKNOWN', to: 'INACTIVE' };
    expect((await followed.until('health'))?.data).toEqual(change);
    await setHealth('orders', 'production', 'ACTIVE');
    await followed.until('health', { from: 'INACTIVE', to: 'ACTIVE' });
  };
  it(
    'tells of applications, health and audit entries as they are committed',
    () => undisturbed(tellsOfCommits),
    LIMIT_MS,
  );

  const tellsBoundOperators = async (): Promise<void> => {
    for (const [appKey, name] of ENVIRONMENTS) await setHealth(appKey, name, 'UNKNOWN');
    const [orders, staging, all] = [
      await follow((await operator('viewer', { applications: ['orders'] })).as),
      await follow((await operator('viewer', { environments: ['staging'] })).as),
      await follow(),
    ];
    await app.http.put('/applications/payments').set(AS_ADMIN).send({ name: 'Payments' }).expect(200);
    await setHealth('payments', 'production', 'INACTIVE');
    await setHealth('orders', 'production', 'INACTIVE');
    await setHealth('orders', 'staging', 'ACTIVE');
    await all.until('health', { appKey: 'payments' });
    for (const followed of [orders, staging, all]) await followed.until('health', { environment: 'staging' });
    const seen = ({ events }: FollowedEvents): string[] => [
      ...new Set(events.map(({ name, data }) => [name, data.appKey, data.environment].join(' ').trim())),
    ];
    expect(seen(orders).sort()).toEqual([
      'application orders',
      'health orders production',
      'health orders staging',
    ]);
    expect(seen(staging).sort()).toEqual(['application orders', 'health orders staging']);
  };
  it('tells bound operators of their part only', () => undisturbed(tellsBoundOperators), LIMIT_MS);

  it('ends when the credentials are not accepted any more', async () => {
    const [revoked, lowered, kept] = [
      await operator('viewer'),
      await operator('editor'),
      await operator('viewer'),
    ];
    const signedIn = await app.http.post('/session').set(CONSOLE).send({ key: ADMIN_KEY }).expect(201);
    const [cookie = ''] = signedIn.headers['set-cookie'] as unknown as string[];
    const session = { ...CONSOLE, Cookie: cookie.split(';')[0] ?? '' };
    const streams = await Promise.all([revoked.as, lowered.as, session, kept.as].map((as) => follow(as)));
    expect(streams.map(({ response }) => response.status)).toEqual([200, 200, 200, 200]);
    await app.http.delete(`/operators/${revoked.name}/keys/${revoked.keyId}`).set(AS_ADMIN).expect(204);
    await app.http.put(`/operators/${lowered.name}`).set(AS_ADMIN).send({ role: 'agent' }).expect(200);
    await app.http.delete('/session').set(session).expect(204);
    for (const stream of streams.slice(0, 3)) expect(await stream.ended(1000)).toBe(true);
    expect(streams[3]?.hasEnded).toBe(false);
    expect((await follow({ ...session, 'X-Registry-Console': '0' })).response.status).toBe(401);
  });

  it('does not count as a use of the session, and ends with it', async () => {
    const signedIn = await app.http.post('/session').set(CONSOLE).send({ key: ADMIN_KEY }).expect(201);
    const [cookie = ''] = signedIn.headers['set-cookie'] as unknown as string[];
    const followed = await follow({ ...CONSOLE, Cookie: cookie.split(';')[0] ?? '' });
    await app.nest.get(EventsService).beat();
    await eventually(() => followed.comments.includes(': beat'));
    await app.database.query(`UPDATE "OperatorSession" SET "expiresAt" = now()`);
    expect(await followed.ended(1000)).toBe(true);
  });

  it('is refused to others, and beyond 50 at once', async () => {
    expect((await follow({})).response.status).toBe(401);
    expect((await follow((await operator('agent')).as)).response.status).toBe(403);
    expect(openStreams()).toBe(0);
    for (let count = 0; count < 50; count += 1) expect((await follow()).response.status).toBe(200);
    const refused = await follow();
    expect([refused.response.status, refused.response.headers.get('retry-after')]).toEqual([503, '30']);
    opened.find(({ response }) => response.status === 200)?.close();
    await eventually(() => openStreams() < 50);
    expect((await follow()).response.status).toBe(200);
  });

  it('makes a client that does not read end its stream', async () => {
    const { hostname, port } = new URL(app.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.pause();
    socket.write(`GET /events HTTP/1.1\r\nHost: test\r\nX-Admin-Key: ${ADMIN_KEY}\r\n\r\n`);
    const events = app.nest.get(EventsService);
    await eventually(() => openStreams() === 1);
    const change = { appKey: 'x'.repeat(10_000), health: [], isVisibleTo: () => true };
    await eventually(
      () => {
        for (let count = 0; count < 100; count += 1) events.onChange(change);
        return openStreams();
      },
      { fits: (open) => open === 0, every: 1 },
    );
    let received = '';
    socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
    socket.resume();
    await eventually(() => received.endsWith('\r\n0\r\n\r\n'));
    expect(received).toContain('event: resync');
    socket.destroy();
  });

  it('says that changes may have been missed when many entries came at once', async () => {
    const followed = await follow();
    await app.database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType")
       SELECT 'many-' || n, now(), 'imported', 'imported', 'registry' FROM generate_series(1, 101) n`,
    );
    await followed.until('resync');
    expect(followed.events.filter(({ name }) => name === 'audit')).toEqual([]);
  });

  it('ends before the service waits for requests under way', async () => {
    const other = await startApp();
    const followed = await follow(AS_ADMIN, other);
    await other.close();
    expect(await followed.ended(1000)).toBe(true);
  });
});
