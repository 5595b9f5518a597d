import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP line to a server that can be cut and mended, as if the server went away and came back. */
export interface SeverableLine {
  /** The given URL with the line's own host and port. */
  readonly url: string;
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps all connections, takes new ones, and carries nothing. */
  stall(): Promise<void>;
  /** Leaves the connections there are without an answer for ever, and carries new ones. */
  strand(): Promise<void>;
  mend(): Promise<void>;
  /** Carries new connections to this server from now on. */
  leadTo(url: string): void;
  close(): Promise<void>;
}

/** The two directions of a connection: what comes from one end goes to the other. */
type Direction = readonly [from: Socket, to: Socket];

export async function severableLine(to: string): Promise<SeverableLine> {
  let target = new URL(to);
  const directions = new Set<Direction>();
  const stranded = new Set<Direction>();
  let stalled = false;

  const join = (client: Socket): void => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const direction of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      const [from, to] = direction;
      directions.add(direction);
      if (!stalled) from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        directions.delete(direction);
        to.destroy();
      });
    }
  };
  const listen = async (port: number): Promise<Server> => {
    const listening = createServer(join).listen(port, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  };

  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;
  const mend = async (): Promise<void> => {
    server ??= await listen(port);
    if (stalled) for (const [from, to] of directions) from.pipe(to);
    stalled = false;
  };
  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    for (const [from] of directions) from.destroy();
    if (closing !== undefined) {
      closing.close();
      await once(closing, 'close');
    }
  };
  const stall = async (): Promise<void> => {
    await mend();
    stalled = true;
    for (const [from, to] of directions) from.unpipe(to).pause();
  };
  const url = new URL(to);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    cut,
    stall,
    strand: async () => {
      await stall();
      for (const direction of directions) stranded.add(direction);
      directions.clear();
      stalled = false;
    },
    mend,
    leadTo: (other) => {
      target = new URL(other);
    },
    close: async () => {
      for (const [from] of stranded) from.destroy();
      await cut();
    },
  };
}
