import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMemory } from '#bench/processes/resident-memory.js';
import { ADMIN_KEY } from './secrets.js';
import type { SpawnedService } from './spawned-service.js';

const AS_ADMIN = { 'X-Admin-Key': ADMIN_KEY };
/** A little less than BATCH_MAX_BYTES. */
const HELD_BYTES = 9_900_000;

/** What one application sends, within BATCH_MAX_BYTES. */
export const ATTACKS: Readonly<Record<string, (appKey: string) => string>> = {
  'one schema of 600,000 properties': (appKey) =>
    batch(appKey, [`{${repeated(600_000, (index) => `"p${index}":1`)}}`]),
  '3,400,000 empty objects': (appKey) =>
    `{"app_key":"${appKey}","endpoints":[${repeated(3_400_000, () => '{}')}]}`,
  'a string of 9,000,000 opening brackets': (appKey) =>
    batch(appKey, [JSON.stringify('['.repeat(9_000_000))]),
  '1,000,000 small objects': (appKey) =>
    batch(appKey, [`{"enum":[${repeated(1_000_000, () => '{"a":1}')}]}`]),
  '1,000,000 small objects where nothing is known': (appKey) =>
    `{"app_key":"${appKey}","unknown":[${repeated(1_000_000, () => '{"a":1}')}],"endpoints":[]}`,
  'names that occur twice': (appKey) =>
    batch(
      appKey,
      Array.from({ length: 20 }, () => `{${repeated(45_000, (index) => `"p${index % 2}":${index}`)}}`),
    ),
  'strings with nothing but escapes': (appKey) => batch(appKey, [`{"a":"${'\\u00e4'.repeat(1_500_000)}"}`]),
  'long numbers': (appKey) => batch(appKey, [`{"a":[${repeated(9_000, () => '1'.repeat(900))}]}`]),
  'as many values as are allowed': (appKey) =>
    batch(
      appKey,
      Array.from(
        { length: 12 },
        () => `{"a":[${repeated(99_000, () => '{}')}],"b":"${'x'.repeat(400_000)}"}`,
      ),
    ),
  'ordinary endpoints': (appKey) => ordinaryBatch(appKey, 4_900, 'a'),
};

/** A registration as generators write it, of some 1,900 bytes an endpoint. */
export function ordinaryBatch(appKey: string, count: number, text: string): string {
  const properties = Object.fromEntries(
    Array.from({ length: 22 }, (_, index) => [
      `property${index}`,
      { type: 'string', description: `What it is about: ${text}${index}` },
    ]),
  );
  return JSON.stringify({
    app_key: appKey,
    endpoints: Array.from({ length: count }, (_, index) => ({
      name: `Operation ${index}`,
      path: `/resources/${index}`,
      method: 'POST',
      requestBody: { type: 'object', properties, required: ['property0'] },
    })),
  });
}

function batch(appKey: string, schemas: readonly string[]): string {
  const endpoints = schemas.map(
    (schema, index) => `{"name":"a","path":"/${index}","method":"GET","requestBody":${schema}}`,
  );
  return `{"app_key":"${appKey}","endpoints":[${endpoints.join(',')}]}`;
}

function repeated(count: number, item: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => item(index)).join(',');
}

/** One application's key, and what can be done with it. */
export class Attacker {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly service: SpawnedService,
    readonly appKey: string,
    private readonly apiKey: string,
  ) {}

  static async of(service: SpawnedService, appKey: string): Promise<Attacker> {
    const admin = new Attacker(service, appKey, '');
    await admin.send('POST', '/applications', AS_ADMIN, JSON.stringify({ name: appKey, appKey }));
    const path = `/applications/${appKey}/environments/production/api-keys`;
    const { text } = await admin.send('POST', path, AS_ADMIN, '{"name":"a"}');
    return new Attacker(service, appKey, (JSON.parse(text) as { apiKey: string }).apiKey);
  }

  /** Registers a batch, and gives the status of the answer. */
  async register(body: string, query = ''): Promise<number> {
    const headers = { 'X-App-Key': this.appKey, 'X-API-Key': this.apiKey };
    return (await this.send('POST', `/register/endpoints${query}`, headers, body)).status;
  }

  async isAlive(): Promise<boolean> {
    return (await this.send('GET', '/health/live', {})).status === 200;
  }

  /** Sends all but the last byte of a large batch. */
  async hold(): Promise<Socket> {
    const { hostname, port } = new URL(this.service.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `POST /register/endpoints HTTP/1.1\r\nHost: localhost\r\nX-App-Key: ${this.appKey}\r\nX-API-Key: ${this.apiKey}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${HELD_BYTES + 1}\r\n\r\n`,
    );
    socket.write(Buffer.alloc(HELD_BYTES, ' '));
    return socket;
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const outgoing = request(
        `${this.service.url}${path}`,
        { method, headers: { ...headers, ...type }, agent: this.agent },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('error', reject).on('end', () => {
            resolve({ status: response.statusCode ?? 0, text });
          });
        },
      );
      outgoing.on('error', reject).end(body);
    });
  }
}

/** Does `work` while the probe of liveness is asked all the time; gives how often it answered something else than 200. */
export async function whileAlive(
  prober: Attacker,
  work: () => Promise<unknown>,
): Promise<{ failures: number }> {
  const done = new AbortController();
  let failures = 0;
  const probing = (async () => {
    while (!done.signal.aborted) {
      if (!(await prober.isAlive().catch(() => false))) failures += 1;
      await sleep(50);
    }
  })();
  try {
    await work();
  } finally {
    done.abort();
    await probing;
  }
  return { failures };
}

/** The most memory of a process so far, in MiB; undefined where only Linux would say. */
export async function mostMebibytes({ pid }: SpawnedService): Promise<number | undefined> {
  return process.platform === 'linux' ? (await residentMemory(pid ?? 0)).highest : undefined;
}
