import { createApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the trace of a request that asks for probes', () => {
  let app: TestApp;
  let origin: LoopbackOrigin;
  let appKey: string;
  const received: (string | string[] | undefined)[] = [];

  beforeAll(async () => {
    origin = await startOrigin((request, response) => {
      received.push(request.headers.traceparent);
      response.end();
    });
    app = await startApp();
    ({ appKey } = await createApplication(app, { healthCheckUrl: `${origin.url}/health` }));
  });
  afterAll(async () => {
    await app.close();
    await origin.close();
  });

  async function check(headers: Record<string, string>): Promise<void> {
    await app.http
      .post(`/health-check/applications/${appKey}/check`)
      .set({ ...AS_ADMIN, ...headers })
      .expect(200);
  }

  it('is passed on as it came, when it is well-formed', async () => {
    await check({ traceparent: TRACEPARENT });
    await check({ traceparent: TRACEPARENT.toUpperCase() });
    await check({});
    expect(received).toEqual([TRACEPARENT, undefined, undefined]);
  });
});
