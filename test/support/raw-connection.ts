import { connect } from 'node:net';

/** Writes bytes on a connection of their own, closes the sending side when told, and gives all that comes back. */
export function rawExchange(
  origin: string,
  bytes: string | Uint8Array,
  { halfClose = false }: { halfClose?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const received: Buffer[] = [];
    socket.setTimeout(20_000, () => socket.destroy(new Error('The server neither answered nor closed')));
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that closes with bytes unread resets the connection; what it had said by then is its answer.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(text(received));
      else reject(error);
    });
    socket.on('end', () => {
      socket.end();
      resolve(text(received));
    });
    if (halfClose) socket.end(bytes);
    else socket.write(bytes);
  });
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('latin1');
}
