import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where Prometheus asks. */
export interface MetricsServer {
  readonly port: number;
  /** Closes open requests too. */
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** All metrics in Prometheus' text format: of this process, or of all workers. */
  readonly text: () => Promise<string>;
}

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';
const NO_STORE = { 'cache-control': 'no-store' };

/**
 * Answers `GET /metrics`, on a port of its own that need not be open to clients; every other path is 404.
 *
 * Rejects when nothing can listen there.
 */
export async function startMetricsServer({ host, port, text }: MetricsServerOptions): Promise<MetricsServer> {
  const answer: RequestListener = (request, response) => {
    // The request body is ignored.
    request.resume();
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, NO_STORE).end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...NO_STORE, allow: 'GET, HEAD' }).end();
      return;
    }
    text().then(
      (metrics) => response.writeHead(200, { ...NO_STORE, 'content-type': TEXT_FORMAT }).end(metrics),
      () => response.writeHead(503, { ...NO_STORE, 'retry-after': '5' }).end(),
    );
  };
  const server = createServer(answer);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
