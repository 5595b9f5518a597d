import type { Response } from 'supertest';
import { asApplication, createApplication, issueKey } from './builders.js';
import { AS_ADMIN, type TestApp } from './start-app.js';

/** An application whose endpoints a test registers, with a key of one of its environments. */
export interface Registrant {
  readonly appKey: string;
  readonly apiKeyId: string;
  readonly environment: string;
  readonly environmentId: string;
  /** The headers it calls with; without `X-Environment`. */
  readonly headers: Readonly<Record<string, string>>;
}

export async function createRegistrant(app: TestApp, environment = 'production'): Promise<Registrant> {
  const { appKey, environments } = await createApplication(app, { environments: [{ name: environment }] });
  const { id: apiKeyId, apiKey } = await issueKey(app, appKey, environment);
  return {
    appKey,
    apiKeyId,
    environment,
    environmentId: environments[0]?.id ?? '',
    headers: asApplication(appKey, apiKey),
  };
}

/** Sends a batch; `more` is merged into the body. */
export function register(
  app: TestApp,
  { appKey, environment, headers }: Registrant,
  endpoints: unknown,
  { query = {}, more = {} }: { query?: Record<string, string>; more?: Record<string, unknown> } = {},
): Promise<Response> {
  return Promise.resolve(
    app.http
      .post('/register/endpoints')
      .query(query)
      .set(headers)
      .send({ app_key: appKey, environment, endpoints, ...more }),
  );
}

/** An endpoint as discovery answers it. */
export interface DiscoveredEndpoint extends Record<string, unknown> {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What is registered, as `GET /endpoints` answers it. */
export async function discover(
  app: TestApp,
  { appKey, environment }: Registrant,
): Promise<DiscoveredEndpoint[]> {
  const response = await app.http
    .get('/endpoints')
    .query({ app_key: appKey, environment })
    .set(AS_ADMIN)
    .expect(200);
  return (response.body as { endpoints: DiscoveredEndpoint[] }).endpoints;
}
