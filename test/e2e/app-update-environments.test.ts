import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

describe.each([
  ['production,pre-prod', ['production', 'pre-prod']],
  ['', ['production', 'pre-prod', 'staging']],
])('PUT /applications/{app_key} with APP_UPDATE_ENVIRONMENTS=%s', (setting, allowed) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ APP_UPDATE_ENVIRONMENTS: setting });
    await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'pre-prod' }, { name: 'staging' }],
    });
  });
  afterAll(() => app.close());

  const description = async (): Promise<unknown> =>
    ((await app.http.get('/applications/orders').set(AS_ADMIN)).body as { description: unknown }).description;

  it.each(['production', 'pre-prod', 'staging'])('and a key of %s', async (environment) => {
    const { apiKey } = await issueKey(app, 'orders', environment);
    for (const header of [undefined, environment]) {
      const before = await description();
      const change = { description: `By ${environment}, ${header ?? 'without a header'}` };
      const answer = await app.http
        .put('/applications/orders')
        .set(asApplication('orders', apiKey, header))
        .send(change);
      if (allowed.includes(environment)) {
        expect(answer.status).toBe(200);
        expect(await description()).toBe(change.description);
        continue;
      }
      expectProblem(answer, 403, 'environment-may-not-update');
      expect(answer.body).toMatchObject({
        detail: `The API key is of the environment '${environment}'; only keys of production, pre-prod change an application.`,
      });
      expect(await description()).toBe(before);
      // Nor does an empty change show how the application is.
      await app.http.put('/applications/orders').set(asApplication('orders', apiKey)).send({}).expect(403);
    }
  });

  it('leaves the operator and the registration of endpoints alone', async () => {
    const { apiKey } = await issueKey(app, 'orders', 'staging');
    await app.http.put('/applications/orders').set(AS_ADMIN).send({ name: 'Changed' }).expect(200);
    await app.http
      .post('/register/endpoints')
      .set(asApplication('orders', apiKey))
      .send({ app_key: 'orders', environment: 'staging', endpoints: [endpoint()] })
      .expect(200);
  });
});
