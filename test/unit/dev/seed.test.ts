import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../../support/jest.js';
import { type CommandResult, runCommand } from '../../support/run-command.js';
import { ADMIN_KEY } from '../../support/secrets.js';
import { type SpawnedService, spawnService } from '../../support/spawned-service.js';

const SEED = fileURLToPath(new URL('../../../apps/dev/src/seed.js', import.meta.url));
/** Endpoints of each environment of the demo, as its OpenAPI document describes them. */
const DEMO = {
  'galaxy production': 9,
  'galaxy staging': 9,
  'galaxy development': 9,
  'train-travel production': 7,
  'train-travel staging': 7,
  'star-trek production': 120,
  'petstore production': 20,
  'uspto production': 3,
  'uspto staging': 3,
  'figma production': 54,
};

describe('npm run seed', () => {
  let service: SpawnedService;
  let directory: string;
  let watching: ChildProcess | undefined;

  beforeAll(async () => {
    service = await spawnService();
    directory = await mkdtemp(join(tmpdir(), 'registry-seed-'));
  });
  afterEach(() => {
    watching?.kill('SIGKILL');
  });
  afterAll(async () => {
    await service.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const surroundings = (env = {}): { cwd: string; env: Record<string, string> } => ({
    cwd: directory,
    env: { DATA_DIR: join(directory, 'data'), REGISTRY_ADMIN_KEY: `${ADMIN_KEY},another`, ...env },
  });
  const seed = (...options: readonly string[]): Promise<CommandResult> =>
    runCommand(process.execPath, [SEED, '--url', service.url, ...options], surroundings());

  async function registered(): Promise<Record<string, number>> {
    const rows = await service.database.query<{ name: string; count: number }>(
      `SELECT a."appKey" || ' ' || e."name" AS "name", count(*)::integer AS "count"
       FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id"
       JOIN "Endpoint" p ON p."environmentId" = e."id" GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  }

  it('registers the demo, with API keys only their owner can read', async () => {
    const { code, stdout, stderr } = await seed('--once', '--health-port', '0');
    expect([code, stderr]).toEqual([0, '']);
    expect(await registered()).toEqual(DEMO);
    const keys = join(directory, 'data/seed');
    expect((await readdir(keys)).sort()).toEqual(
      Object.keys(DEMO)
        .map((name) => `${name.replace(' ', '-')}.key`)
        .sort(),
    );
    const file = join(keys, 'galaxy-staging.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const apiKey = (await readFile(file, 'utf8')).trim();
    expect(stdout).not.toContain(apiKey);
    const asApplication = { 'X-App-Key': 'galaxy', 'X-API-Key': apiKey };
    const answer = await fetch(`${service.url}/endpoints?app_key=galaxy&environment=staging`, {
      headers: asApplication,
    });
    expect(answer.status).toBe(200);
  });

  it('registers nothing twice, and serves health that the registry sees, until Ctrl-C', async () => {
    let output = '';
    watching = spawn(process.execPath, [SEED, '--url', service.url, '--health-port', '0'], {
      ...surroundings(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    watching.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = once(watching, 'close');
    await eventually(
      () => /^petstore production +UNKNOWN$/m.test(output) && /^galaxy staging +\w+$/m.test(output),
      {
        within: 50_000,
      },
    );
    const [, address = ''] = /Health endpoints are on (\S+):/.exec(output) ?? [];
    const health = async (path: string): Promise<number> => (await fetch(`http://${address}${path}`)).status;
    expect(await health('/up/galaxy-production/health')).toBe(200);
    expect(await health('/down/petstore-production/health')).toBe(503);
    expect(await health('/toString/x/health')).toBe(404);
    const checks = await service.database.query<{ status: string; statusCode: number }>(
      `SELECT DISTINCT c."status", c."statusCode" FROM "HealthCheck" c JOIN "Environment" e ON e."id" = c."environmentId"
       JOIN "Application" a ON a."id" = e."applicationId" WHERE a."appKey" = 'petstore'`,
    );
    expect(checks).toEqual([{ status: 'FAILURE', statusCode: 503 }]);
    watching.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(output).toContain('Stopped: the health endpoints are gone, the registered applications stay.\n');
    await expect(fetch(`http://${address}/up/galaxy-production/health`)).rejects.toThrow('fetch failed');
    expect(await registered()).toEqual(DEMO);
  });

  it('registers the data of the benchmarks, whose keys it revokes, and skips what is there', async () => {
    const done = { code: 0, stdout: 'Done.\n', stderr: '' };
    expect(await seed('--large', '--applications', '2')).toEqual(done);
    const large = Object.fromEntries(
      ['application-1', 'application-2'].flatMap((appKey) =>
        ['production', 'staging', 'development'].map((name) => [`${appKey} ${name}`, 20]),
      ),
    );
    const issued = (): Promise<unknown> =>
      service.database.query(
        `SELECT count(*)::integer AS "all", count("revokedAt")::integer AS "revoked" FROM "ApiKey" k
         JOIN "Environment" e ON e."id" = k."environmentId" JOIN "Application" a ON a."id" = e."applicationId"
         WHERE a."appKey" LIKE 'application-%'`,
      );
    expect(await registered()).toEqual({ ...DEMO, ...large });
    expect(await issued()).toEqual([{ all: 6, revoked: 6 }]);
    expect(await seed('--large', '--applications', '2')).toEqual(done);
    expect(await issued()).toEqual([{ all: 6, revoked: 6 }]);
  });

  it('takes the admin key from a file, and says why it cannot begin', async () => {
    const file = join(directory, 'key');
    await writeFile(file, 'wrong\n');
    const failed = (stderr: string): CommandResult => ({ code: 1, stdout: '', stderr });
    expect(await seed('--once', '--health-port', '0', '--admin-key-file', file)).toEqual(
      failed(`${service.url} refuses the key that was sent (401).\n`),
    );
    expect(await seed('--admin-key-file', join(directory, 'none'))).toEqual(
      failed(
        `There is no admin key in ${join(directory, 'none')} (ENOENT). Start the service first, or name its key: REGISTRY_ADMIN_KEY or --admin-key-file.\n`,
      ),
    );
    const port = new URL(service.url).port;
    expect(await seed('--once', '--health-port', port)).toEqual(
      failed(`Port ${port} of 127.0.0.1 is not free (EADDRINUSE): choose one with --health-port.\n`),
    );
    expect(
      await runCommand(
        process.execPath,
        [SEED, '--url', 'http://127.0.0.1:1', '--once', '--health-port', '0'],
        surroundings(),
      ),
    ).toEqual(failed('http://127.0.0.1:1 cannot be reached. Is the service running (npm start)?\n'));
    expect((await seed('--healthport', '1')).code).toBe(2);
  });
});
