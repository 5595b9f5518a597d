import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApplication } from '../support/builders.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

describe('applications', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('creates one with a production environment when none is named', async () => {
    const response = await app.http.post('/applications').set(AS_ADMIN).send({ name: 'Orders & Returns' });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(String),
      name: 'Orders & Returns',
      description: null,
      appKey: 'orders-returns',
      status: 'ACTIVE',
      authenticationMethod: 'API_KEY',
      healthCheckUrl: null,
      healthStatus: 'UNKNOWN',
      lastHealthCheckAt: null,
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.any(String),
      environments: [expect.objectContaining({ name: 'production', healthStatus: 'UNKNOWN' })],
    });
  });

  it('answers 409 when the app key is taken', async () => {
    await createApplication(app, { appKey: 'taken' });
    const response = await app.http
      .post('/applications')
      .set(AS_ADMIN)
      .send({ name: 'Other', appKey: 'taken' });
    expect(response.status).toBe(409);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toEqual({
      type: 'urn:mcp-registry:problem:app-key-taken',
      title: 'App key taken',
      status: 409,
      detail: "The app key 'taken' belongs to another application.",
      instance: '/applications',
      requestId: response.headers['x-request-id'],
    });
  });
});
