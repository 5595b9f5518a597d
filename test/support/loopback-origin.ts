import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

/** A real HTTP server on one address of loopback, which counts who comes. */
export interface LoopbackOrigin {
  readonly port: number;
  /** `http://127.0.0.1:1234`, or with `https` when it has a certificate. */
  readonly url: string;
  /** Connections opened so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  /** `Host` of every request so far. */
  readonly hosts: readonly (string | undefined)[];
  /** Server names of TLS connections so far. */
  readonly serverNames: readonly string[];
  /** Breaks every connection. */
  close(): Promise<void>;
}

export interface LoopbackOriginOptions {
  readonly address?: string;
  readonly port?: number;
  readonly certificate?: Pick<SecureContextOptions, 'key' | 'cert'>;
}

/** @param answer one listener for every path, or a listener for each (404 for other paths) */
export async function startOrigin(
  answer: RequestListener | Readonly<Record<string, RequestListener>>,
  { address = '127.0.0.1', port = 0, certificate }: LoopbackOriginOptions = {},
): Promise<LoopbackOrigin> {
  const sockets = new Set<Socket>();
  const hosts: (string | undefined)[] = [];
  const serverNames: string[] = [];
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    hosts.push(request.headers.host);
    const route = typeof answer === 'function' ? answer : answer[request.url ?? ''];
    if (route === undefined) response.writeHead(404).end();
    else route(request, response);
  };
  const tls: TlsOptions = {
    ...certificate,
    SNICallback: (name, done) => {
      serverNames.push(name);
      done(null);
    },
  };
  const server: Server = certificate ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, address);
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    port: taken,
    url: `${certificate ? 'https' : 'http'}://${host}:${taken}`,
    hosts,
    serverNames,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Answers with a status. */
export const status =
  (code: number, body = ''): RequestListener =>
  (_request, response) => {
    response.writeHead(code).end(body);
  };

/** Redirects to a URL, or to what is known only when the request comes. */
export const redirect =
  (location: string | (() => string), code = 302): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { location: typeof location === 'string' ? location : location() }).end();
  };
