import { createApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

let app: TestApp;
let appKey: string;

const post = (path: string, body: object): ReturnType<TestApp['http']['post']> =>
  app.http.post(path).set(AS_ADMIN).send(body);
const put = (path: string, body: object): ReturnType<TestApp['http']['put']> =>
  app.http.put(path).set(AS_ADMIN).send(body);

const detailsOf = (answer: { body: unknown }): string[] =>
  (answer.body as { errors: { detail: string }[] }).errors.map(({ detail }) => detail);

async function rows(): Promise<unknown> {
  return app.database.query(
    `SELECT a."name", a."healthCheckUrl", e."name" AS environment, e."baseDomain", a."updatedAt", e."updatedAt" AS changed
     FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" ORDER BY a."id", e."id"`,
  );
}

describe('URLs that name what is always forbidden', () => {
  beforeAll(async () => {
    app = await startApp();
    ({ appKey } = await createApplication(app));
  });
  afterAll(() => app.close());

  it.each([
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254 is refused: it is a link-local address'],
    ['http://2852039166/', '169.254.169.254 is refused: it is a link-local address'],
    ['http://0251.0376.0251.0376/', '169.254.169.254 is refused: it is a link-local address'],
    ['https://[::ffff:a9fe:a9fe]/', '[::ffff:a9fe:a9fe] is refused: it is a link-local address'],
    ['http://[2002:a9fe:a9fe::1]/', 'in a disguise of IPv6 (6to4)'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'in a disguise of IPv6: 169.254.169.254, a link-local address'],
    ['http://[fd00:ec2::254]/', 'an address of cloud metadata'],
    ['http://metadata.google.internal./', 'a name of cloud metadata'],
    ['http://224.0.0.1/', 'a multicast address'],
    ['http://0.0.0.0:8000/', 'the unspecified address'],
  ])('are refused with 400: %s', async (url, why) => {
    const before = await rows();
    const baseDomain = url.replace(/^http:\/\//, '');
    const environment = `/applications/${appKey}/environments/production`;

    for (const answer of [
      await post('/applications', { name: 'Refused', healthCheckUrl: url }),
      await put(`/applications/${appKey}`, { name: 'Refused', healthCheckUrl: url }),
    ]) {
      expectInvalid(answer, '#/healthCheckUrl');
      expect(detailsOf(answer)).toEqual([expect.stringContaining(why)]);
    }
    for (const answer of [
      await post(`/applications/${appKey}/environments`, { name: 'refused', baseDomain }),
      await put(environment, { baseDomain, description: 'Refused' }),
      await put(environment, { baseDomain: url }),
    ]) {
      expectInvalid(answer, '#/baseDomain');
      expect(detailsOf(answer)).toEqual([expect.stringContaining(why)]);
    }
    expect(await rows()).toEqual(before);
  });

  it('are all named, beside other mistakes, with where they are', async () => {
    const answer = await post('/applications', {
      name: 'Refused',
      healthCheckUrl: 'http://169.254.169.254/',
      environments: [
        { name: 'a', baseDomain: 'http://[fe80::1]:8080/' },
        { name: 'b', baseDomain: 'b.example.com' },
        { name: 'b', baseDomain: '169.254.169.254' },
      ],
    });
    expectInvalid(
      answer,
      '#/healthCheckUrl',
      '#/environments/2/name',
      '#/environments/0/baseDomain',
      '#/environments/2/baseDomain',
    );
  });

  it('leave loopback, private and public hosts alone', async () => {
    for (const host of [
      'localhost:8080',
      '127.0.0.1',
      '[::1]',
      '10.0.0.1',
      '192.168.1.1',
      '1.1.1.1',
      'a.example.com',
    ]) {
      await post('/applications', {
        name: `At ${host}`,
        healthCheckUrl: `http://${host}/health`,
        environments: [{ name: 'production', baseDomain: host }],
      }).expect(201);
    }
  });
});

describe('URLs that name what the operator forbids', () => {
  beforeAll(async () => {
    app = await startApp({
      EGRESS_ALLOW: '10.0.0.0/8,*.example.com',
      EGRESS_DENY: '10.9.0.0/16,secret.example.com',
    });
    ({ appKey } = await createApplication(app));
  });
  afterAll(() => app.close());

  it.each([
    ['127.0.0.1', '127.0.0.1 is refused: EGRESS_ALLOW does not list it'],
    ['localhost:8080', 'localhost is refused: EGRESS_ALLOW does not list it'],
    ['10.9.1.1', '10.9.1.1 is refused: EGRESS_DENY lists 10.9.0.0/16'],
    ['0x0a090101', '10.9.1.1 is refused: EGRESS_DENY lists 10.9.0.0/16'],
    ['SECRET.example.com', 'secret.example.com is refused: EGRESS_DENY lists secret.example.com'],
  ])('are refused with 400: %s', async (host, detail) => {
    const application = await put(`/applications/${appKey}`, { healthCheckUrl: `https://${host}/health` });
    expectInvalid(application, '#/healthCheckUrl');
    expect(detailsOf(application)).toEqual([detail]);
    const environment = await put(`/applications/${appKey}/environments/production`, { baseDomain: host });
    expectInvalid(environment, '#/baseDomain');
    expect(detailsOf(environment)).toEqual([detail]);
  });

  it('leave the others alone', async () => {
    for (const host of ['10.1.2.3', 'api.example.com', 'resolved-later.test']) {
      await put(`/applications/${appKey}`, { healthCheckUrl: `https://${host}/health` }).expect(200);
      await put(`/applications/${appKey}/environments/production`, { baseDomain: host }).expect(200);
    }
    await put(`/applications/${appKey}`, { healthCheckUrl: '/health' }).expect(200);
    await put(`/applications/${appKey}`, { healthCheckUrl: '' }).expect(200);
  });
});
