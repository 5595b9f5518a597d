import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin, status } from '../support/loopback-origin.js';
import { expectInvalid } from '../support/problems.js';
import { startApp, type TestApp } from '../support/start-app.js';

const ADMIN_KEY = 'the-admin-key-of-a-service-in-production';
const AS_ADMIN = { 'X-Admin-Key': ADMIN_KEY };
const PRODUCTION = {
  NODE_ENV: 'production',
  SECRET_KEY: 'the-secret-key-of-a-service-in-production',
  REGISTRY_ADMIN_KEY: ADMIN_KEY,
};
const REFUSED =
  'is refused: it is a loopback address, which in production EGRESS_ALLOW has to list as such: 127.0.0.0/8, ::1 or the host name';

let app: TestApp;
let origin: LoopbackOrigin;

beforeAll(async () => {
  origin = await startOrigin(status(200));
});
afterAll(() => origin.close());

const post = (path: string, body: object): ReturnType<TestApp['http']['post']> =>
  app.http.post(path).set(AS_ADMIN).send(body);

const detailsOf = (answer: { body: unknown }): string[] =>
  (answer.body as { errors: { detail: string }[] }).errors.map(({ detail }) => detail);

const checksOf = async (appKey: string): Promise<unknown> =>
  ((await post(`/health-check/applications/${appKey}/check`, {}).expect(200)).body as { checks: unknown })
    .checks;

describe('a service in production', () => {
  beforeAll(async () => {
    app = await startApp(PRODUCTION);
  });
  afterAll(() => app.close());

  it.each([
    ['127.0.0.1:8080', '127.0.0.1'],
    ['127.9.9.9', '127.9.9.9'],
    ['2130706433', '127.0.0.1'],
    ['[::1]:8080', '[::1]'],
    ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
    ['localhost:8080', 'localhost'],
    ['registry.localhost', 'registry.localhost'],
  ])('refuses to register %s with 400 and the setting that would allow it', async (host, shown) => {
    const application = await post('/applications', { name: 'A', healthCheckUrl: `http://${host}/health` });
    expectInvalid(application, '#/healthCheckUrl');
    expect(detailsOf(application)).toEqual([`${shown} ${REFUSED}`]);
    const environment = await post('/applications', {
      name: 'A',
      environments: [{ name: 'production', baseDomain: host }],
    });
    expectInvalid(environment, '#/environments/0/baseDomain');
    expect(detailsOf(environment)).toEqual([`${shown} ${REFUSED}`]);
  });

  it('does not probe what the database already holds, and says why', async () => {
    await post('/applications', { name: 'Old', appKey: 'old', healthCheckUrl: 'http://10.0.0.1/' }).expect(
      201,
    );
    for (const [url, shown] of [
      [`${origin.url}/health`, '127.0.0.1'],
      [`http://localhost:${origin.port}/health`, 'localhost'],
    ]) {
      await app.database.query(`UPDATE "Application" SET "healthCheckUrl" = $1`, [url]);
      expect(await checksOf('old')).toMatchObject([
        { url, status: 'error', statusCode: null, message: `${shown} ${REFUSED}`, healthStatus: 'UNKNOWN' },
      ]);
    }
    expect(origin.connections).toBe(0);
  });
});

describe('a service in production whose EGRESS_ALLOW lists loopback', () => {
  beforeAll(async () => {
    app = await startApp({ ...PRODUCTION, EGRESS_ALLOW: '127.0.0.0/8,::1,localhost' });
  });
  afterAll(() => app.close());

  it('registers and probes it', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const healthCheckUrl = `http://${host}:${origin.port}/health`;
      await post('/applications', { name: 'A', appKey: `at-${host}`, healthCheckUrl }).expect(201);
      expect(await checksOf(`at-${host}`)).toMatchObject([{ status: 'success', statusCode: 200 }]);
    }
  });
});
