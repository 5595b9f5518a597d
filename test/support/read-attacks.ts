import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Attacker, ATTACKS, ordinaryBatch } from './batch-attacks.js';
import { ADMIN_KEY } from './secrets.js';
import type { SpawnedService } from './spawned-service.js';

const AS_ADMIN = { 'X-Admin-Key': ADMIN_KEY };
const ENCODINGS = [undefined, 'gzip', 'br'];

/** Batches as large as may be, whose reading takes more than that of ordinary ones. */
const LARGE_BATCHES: readonly ((appKey: string, text: string) => string)[] = [
  (appKey, text) => ordinaryBatch(appKey, 4_900, text),
  (appKey) => batchOf(appKey, 9, () => ({ example: randomBytes(750_000).toString('base64') })),
  // Every reference comes to be longer than its endpoint's path.
  (appKey) =>
    batchOf(appKey, 6, () => ({ allOf: Array.from({ length: 49_000 }, () => ({ $ref: '#/a' })), a: {} })),
  (appKey) => ATTACKS['as many values as are allowed']?.(appKey) ?? '',
  (appKey) => ATTACKS['strings with nothing but escapes']?.(appKey) ?? '',
];

function batchOf(appKey: string, count: number, schema: () => unknown): string {
  return JSON.stringify({
    app_key: appKey,
    endpoints: Array.from({ length: count }, (_, index) => ({
      name: 'a',
      path: `/${'p'.repeat(100)}${index}`,
      method: 'POST',
      requestBody: schema(),
    })),
  });
}

/** Registers applications whose endpoints take as much as a batch may; gives their app keys. */
export async function registerLarge(service: SpawnedService, count: number): Promise<string[]> {
  const appKeys = Array.from({ length: count }, (_, index) => `large-${index}`);
  for (const [index, appKey] of appKeys.entries()) {
    const owner = await Attacker.of(service, appKey);
    const batch = LARGE_BATCHES[index % LARGE_BATCHES.length]?.(appKey, String(index)) ?? '';
    const status = await owner.register(batch);
    owner.close();
    if (status !== 200) throw new Error(`${appKey} was answered with ${status}`);
  }
  return appKeys;
}

/** Clients that read what is large. */
export class Readers {
  private readonly agent = new Agent({ keepAlive: true });

  /** What the turn-th request of each kind asks for. */
  readonly targets: Readonly<Record<string, (turn: number) => string>>;

  constructor(
    private readonly service: SpawnedService,
    appKeys: readonly string[],
  ) {
    const appKey = (turn: number): string => appKeys[turn % appKeys.length] ?? '';
    this.targets = {
      'endpoints of an environment': (turn) => `/endpoints?app_key=${appKey(turn)}`,
      'applications with their endpoints': () => '/applications/with-endpoints',
      'pages of applications with their endpoints': (turn) =>
        `/applications/with-endpoints?limit=${1 + (turn % 500)}`,
      'OpenAPI documents': (turn) => `/applications/${appKey(turn)}/environments/production/openapi.json`,
      'the audit trail': (turn) => `/audit-logs?limit=${1 + (turn % 200)}`,
    };
  }

  /** Reads an answer to its end and keeps nothing of it; gives its status, and 0 for one that was cut. */
  read(target: string, turn: number): Promise<number> {
    const encoding = ENCODINGS[turn % ENCODINGS.length];
    return new Promise((resolve) => {
      const headers = { ...AS_ADMIN, ...(encoding !== undefined && { 'Accept-Encoding': encoding }) };
      const outgoing = request(`${this.service.url}${target}`, { headers, agent: this.agent }, (response) => {
        response.resume().on('close', () => {
          resolve(response.complete ? (response.statusCode ?? 0) : 0);
        });
      });
      outgoing.on('error', () => {
        resolve(0);
      });
      outgoing.end();
    });
  }

  /** Asks, and reads nothing of the answer. */
  async ask(target: string): Promise<Socket> {
    const { hostname, port } = new URL(this.service.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nX-Admin-Key: ${AS_ADMIN['X-Admin-Key']}\r\n\r\n`,
    );
    return socket;
  }

  close(): void {
    this.agent.destroy();
  }
}
