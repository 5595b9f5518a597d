import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin, status } from '../support/loopback-origin.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { PRESENT_CLIENT } from './recordings/present-client.js';
import { PYTHON_MCP_SERVER } from './recordings/python-mcp-server.js';
import type { RecordedExchange } from './recordings/recording.js';
import { LOOK, SET_UP } from './recordings/scripts.js';
import { SPRING_SDK_0_0_1, SPRING_SDK_0_0_2 } from './recordings/spring-sdk.js';
import { STRICT_READER } from './recordings/strict-reader.js';

/** In this order, on one registry: each finds what those before have left. */
const RECORDINGS = [
  SET_UP,
  SPRING_SDK_0_0_1,
  SPRING_SDK_0_0_2,
  PRESENT_CLIENT,
  PYTHON_MCP_SERVER,
  LOOK,
  STRICT_READER,
];

describe('a client of the reference registry gets what it reads', () => {
  let app: TestApp;
  let origin: LoopbackOrigin;
  const kept = new Map<string, string>();

  beforeAll(async () => {
    app = await startApp();
    origin = await startOrigin(status(503));
    kept.set('origin', origin.url);
  });
  afterAll(async () => {
    await app.close();
    await origin.close();
  });

  const filled = (text: string): string =>
    text.replaceAll(/\{\{(.*?)\}\}/g, (_, name: string) => kept.get(name) ?? `no ${name}`);

  const send = ({ request, headers, body }: RecordedExchange): Promise<WireAnswer> => {
    const space = request.indexOf(' ');
    return exchange(app.url, {
      method: request.slice(0, space),
      target: filled(request.slice(space + 1)),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
      ...(body !== undefined && { body: filled(body) }),
    });
  };

  describe.each(RECORDINGS)('$client', ({ exchanges }) => {
    it.each(exchanges)('$step', async (recorded) => {
      const answer = await send(recorded);
      expect({ status: answer.status, ...(answer.status !== recorded.status && answer) }).toEqual({
        status: recorded.status,
      });
      expect(answer.headers).toMatchObject(recorded.readsHeaders ?? {});
      const body: unknown = JSON.parse(answer.body);
      if (recorded.reads !== undefined) expect(body).toMatchObject(recorded.reads);
      for (const text of recorded.without ?? []) expect(answer.body).not.toContain(text);
      for (const [name, value] of Object.entries(recorded.keeps?.(body as never) ?? {})) {
        kept.set(name, value);
      }
    });
  });
});
