import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY } from '../support/secrets.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

/** How many of each kind of attacker go at it at once. */
const ATTACKERS = 4;
/** Where the flood comes from; Linux has all of 127.0.0.0/8 on the loopback interface. */
const ELSEWHERE = process.platform === 'linux' ? '127.0.0.2' : undefined;
/** What a flood may make a process grow by: its bounded memories, and the slack of a garbage collector. */
const MAX_GROWTH_MIB = 200;

/** @param floodMs how long it lasts at least: until enough of both kinds of requests were answered */
export function flood(floodMs: number): void {
  let service: SpawnedService;
  let apiKey: string;

  beforeAll(async () => {
    service = await spawnService({ ENDPOINTS_REQUIRE_KEY: 'true', BCRYPT_COST: '8' });
    await ask('POST', '/applications', AS_ADMIN, { name: 'Orders', appKey: 'orders' });
    const issued = await ask('POST', '/applications/orders/environments/production/api-keys', AS_ADMIN, {
      name: 'deployment',
    });
    ({ apiKey } = JSON.parse(issued.text) as { apiKey: string });
  });
  afterAll(() => service.stop());

  const AS_ADMIN = { 'X-Admin-Key': ADMIN_KEY };
  const agent = new Agent({ keepAlive: true });
  const floodAgent = new Agent({ keepAlive: true, maxSockets: 64 });

  interface Answer {
    readonly status: number;
    readonly text: string;
  }

  function ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
    localAddress?: string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${service.url}${path}`,
        {
          method,
          headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
          agent: localAddress === undefined ? agent : floodAgent,
          localAddress,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text });
          });
        },
      );
      outgoing.on('error', reject).end(body && JSON.stringify(body));
    });
  }

  const attacks: Record<string, (n: number) => Promise<unknown>> = {
    'wrong keys of a known selector': (n) =>
      refused({ 'X-App-Key': 'orders', 'X-API-Key': `${apiKey.slice(0, 21)}${String(n).padStart(43, 'x')}` }),
    'made-up keys': (n) => refused({ 'X-App-Key': 'orders', 'X-API-Key': `made-up-${n}` }),
    'unknown app keys': (n) => refused({ 'X-App-Key': `absent-${n}`, 'X-API-Key': apiKey }),
    'wrong admin keys': (n) => refused({ 'X-Admin-Key': `guess-${n}` }),
    garbage: () => garbage(),
  };

  /** What is refused, and with what: anything else fails the test. */
  async function refused(headers: Record<string, string>): Promise<void> {
    const { status } = await ask('PUT', '/applications/orders', headers, { description: 'taken' }, ELSEWHERE);
    expect([401, 429, 503]).toContain(status);
  }

  function garbage(): Promise<void> {
    const { hostname, port } = new URL(service.url);
    return new Promise((resolve) => {
      const socket = connect({ host: hostname, port: Number(port), localAddress: ELSEWHERE });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        resolve();
      });
      socket.setTimeout(2000, () => socket.destroy());
      socket
        .resume()
        .end(`GET /endpoints HTTP/1.1\r\nX-App-Key: \x00\x01\r\n${'x: y\r\n'.repeat(3000)}\r\n`, 'latin1');
    });
  }

  async function residentMebibytes(): Promise<number | undefined> {
    const status = await readFile(`/proc/${service.pid ?? ''}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
  }

  describe('a flood of refused requests', () => {
    it('accepts every valid key, and neither memory nor the trail grows', async () => {
      const rightful = { 'X-App-Key': 'orders', 'X-API-Key': apiKey };
      expect((await ask('GET', '/endpoints?app_key=orders', rightful)).status).toBe(200);
      const before = await residentMebibytes();
      const begin = Date.now();
      let attempts = 0;
      let served = 0;
      const isOver = (): boolean => Date.now() - begin > floodMs && served > 10 && attempts > 500;
      const flood = Object.values(attacks).flatMap((attack) =>
        Array.from({ length: ATTACKERS }, async () => {
          while (!isOver()) await attack(attempts++);
        }),
      );
      const statuses = new Set<number>();
      const rightfulLoad = async (): Promise<void> => {
        while (!isOver()) {
          statuses.add((await ask('GET', '/endpoints?app_key=orders', rightful)).status);
          statuses.add(
            (await ask('PUT', '/applications/orders', rightful, { description: `n ${served}` })).status,
          );
          served += 1;
          await sleep(20);
        }
      };
      await Promise.all([...flood, rightfulLoad()]);
      expect([...statuses]).toEqual([200]);
      expect(service.isRunning()).toBe(true);

      // Every window of five seconds leaves 50 entries at most, and one more a reason.
      const [trail] = await service.database.query<{ count: number }>(
        `SELECT count(*)::integer AS "count" FROM "AuditLog" WHERE "action" = 'credentials.refused'`,
      );
      expect(trail?.count).toBeLessThan(((Date.now() - begin) / 5000 + 2) * 60);
      const after = await residentMebibytes();
      if (before !== undefined) expect((after ?? Infinity) - before).toBeLessThan(MAX_GROWTH_MIB);
    });
  });
}
