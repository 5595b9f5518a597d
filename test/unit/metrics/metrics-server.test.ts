import { type MetricsServer, startMetricsServer } from '#libs/metrics/metrics-server.js';
import { afterAll, beforeAll, describe, expect, it } from '../../support/jest.js';

describe('the metrics server', () => {
  let text: () => Promise<string>;
  let server: MetricsServer;
  let url: string;

  beforeAll(async () => {
    server = await startMetricsServer({ host: '127.0.0.1', port: 0, text: () => text() });
    url = `http://127.0.0.1:${server.port}`;
  });
  afterAll(() => server.close());

  it.each(['/metrics', '/metrics?from=prometheus'])('answers GET %s', async (path) => {
    text = () => Promise.resolve('up 1\n');
    const answer = await fetch(`${url}${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toBe('up 1\n');
  });

  it.each([
    ['GET', '/'],
    ['GET', '/metrics/'],
    ['GET', '/health'],
    ['POST', '/'],
  ])('answers 404 to %s %s', async (method, path) => {
    expect((await fetch(`${url}${path}`, { method })).status).toBe(404);
  });

  it.each(['POST', 'DELETE', 'OPTIONS'])('answers 405 to %s /metrics', async (method) => {
    const answer = await fetch(`${url}/metrics`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('answers 503 when there is nothing to tell', async () => {
    text = () => Promise.reject(new Error('no worker answers'));
    const answer = await fetch(`${url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([503, '']);
  });

  it('does not start on a port in use', async () => {
    const { port } = server;
    await expect(startMetricsServer({ host: '127.0.0.1', port, text })).rejects.toThrow('EADDRINUSE');
  });
});
