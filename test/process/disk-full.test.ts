import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { ADMIN_KEY, AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import type { ServiceProcess } from '../support/service-process.js';
import { withDatabase } from '../support/test-cluster.js';

const BLOCK = Buffer.alloc(64 * 1024, 1);
const ENDPOINTS = 2000;

/** A file system of 64 MB; undefined where none can be mounted. */
function mountSmallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'registry-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=755', 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    process.stderr.write(`Skipped, a small disk cannot be mounted: ${(error as Error).message.trim()}\n`);
    return undefined;
  }
  return directory;
}

const disk = mountSmallDisk();

(disk === undefined ? describe.skip : describe)('a full disk', () => {
  const directory = disk ?? '';
  const filler = join(directory, 'filler');
  let postgres: OwnPostgres;
  let sandbox: ProcessSandbox;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    const tablespace = join(directory, 'tablespace');
    await mkdir(tablespace);
    await postgres.own(tablespace);
    await postgres.query(`CREATE TABLESPACE small LOCATION '${tablespace}'`);
    await postgres.query('CREATE DATABASE registry TABLESPACE small');
    sandbox = await createProcessSandbox();
    service = sandbox.start({
      DATABASE_URL: withDatabase(postgres.url, 'registry'),
      ...GIVEN_SECRETS,
      BCRYPT_COST: '4',
    });
    url = await service.ready;
  });
  afterAll(async () => {
    await sandbox.clear();
    await postgres.close();
    execFileSync('umount', [directory]);
    await rm(directory, { recursive: true });
  });

  async function ask(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = AS_ADMIN,
  ): Promise<{ status: number; retryAfter: string | null; type: string | null; body: unknown }> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      type: response.headers.get('content-type'),
      body: JSON.parse(await response.text()),
    };
  }

  /** Until not a byte is left. */
  async function fill(): Promise<void> {
    const file = await open(filler, 'a');
    try {
      for (let size = BLOCK.length; size > 0; size = Math.floor(size / 2)) {
        const isFull = async (): Promise<boolean> =>
          (await file.write(BLOCK, 0, size).catch(() => ({ bytesWritten: 0 }))).bytesWritten < size;
        while (!(await isFull()));
      }
    } finally {
      await file.close();
    }
  }

  const counts = async (): Promise<object | undefined> => {
    const [row] = await postgres.queryIn<{ endpoints: number; entries: number }>(
      'registry',
      `SELECT (SELECT count(*)::integer FROM "Endpoint") AS "endpoints",
              (SELECT count(*)::integer FROM "AuditLog") AS "entries"`,
    );
    return row;
  };

  it('stops changes with 503 and nothing else, and when there is room again they go on', async () => {
    await ask('POST', '/applications', { name: 'Orders' });
    const issued = await ask('POST', '/applications/orders/environments/production/api-keys', { name: 'k' });
    const asOrders = asApplication('orders', (issued.body as { apiKey: string }).apiKey);
    const batch = (count: number): object => ({
      app_key: 'orders',
      endpoints: Array.from({ length: count }, (_, index) => ({
        name: `Operation ${index}`,
        method: 'GET',
        path: `/operations/${index}`,
        description: 'd'.repeat(500),
      })),
    });
    const register = (count: number): ReturnType<typeof ask> =>
      ask('POST', '/register/endpoints', batch(count), asOrders);
    expect((await register(10)).status).toBe(200);
    const before = await counts();

    await fill();
    for (let attempt = 1; attempt <= 3; attempt++) {
      const refused = await register(ENDPOINTS);
      expect(refused).toEqual({
        status: 503,
        retryAfter: '30',
        type: expect.stringMatching(/^application\/problem\+json/),
        body: {
          type: 'urn:mcp-registry:problem:database-not-writable',
          title: 'Database takes no changes',
          status: 503,
          detail: 'The database of the registry cannot store anything at the moment. Nothing was changed.',
          instance: '/register/endpoints',
          requestId: expect.any(String),
        },
      });
    }
    const read = await ask('GET', '/endpoints?app_key=orders');
    expect(read.status).toBe(200);
    expect((read.body as { endpoints: object[] }).endpoints).toHaveLength(10);
    expect((await ask('GET', '/applications/orders')).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await counts()).toEqual(before);

    await rm(filler);
    expect(await register(ENDPOINTS)).toMatchObject({ status: 200, body: { added: ENDPOINTS - 10 } });
    expect(await counts()).toEqual({ endpoints: ENDPOINTS, entries: 4 });
  });

  it('is a matter for the log, which says where there is no room, and no secret', () => {
    const log = service.output();
    expect(log).toMatch(/"requestId":".+"POST \/register\/endpoints failed: .*No space left on device/);
    expect(log).not.toContain(ADMIN_KEY);
  });
});
