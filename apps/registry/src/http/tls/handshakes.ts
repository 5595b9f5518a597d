import type { Socket } from 'node:net';
import type { Server } from 'node:tls';

/** The connections of a server whose TLS handshake is under way; neither Node's HTTP server nor Fastify knows them. */
export class Handshakes {
  /** By the client's address: nothing else of a connection is known both before and after its handshake. */
  private readonly underWay = new Map<string, Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const client = clientOf(socket);
      this.underWay.set(client, socket);
      socket.once('close', () => {
        if (this.underWay.get(client) === socket) this.underWay.delete(client);
      });
    });
    server.on('secureConnection', (socket) => {
      this.underWay.delete(clientOf(socket));
    });
  }

  /** Ends all of them. */
  cut(): void {
    for (const socket of this.underWay.values()) socket.destroy();
  }
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
