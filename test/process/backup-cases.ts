import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asApplication } from '../support/builders.js';
import { afterEach, beforeEach, describe, expect } from '../support/jest.js';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { runCommand } from '../support/run-command.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { withDatabase } from '../support/test-cluster.js';
import { itIn, type TestSet } from '../support/test-set.js';
import { section } from '../support/walkthrough.js';

const OPERATIONS = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const [DUMP = '', RESTORE = '', COPY = ''] = [
  ...section(OPERATIONS, 'Backup and restore').matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, command = '']) => command);

/** Where Debian and Ubuntu put each version of PostgreSQL. */
const INSTALLATIONS = '/usr/lib/postgresql';

/** The programs of an installed PostgreSQL, server and pg_dump of the same version; undefined when there is none. */
function findInstalledPostgres(): string | undefined {
  const versions = existsSync(INSTALLATIONS) ? readdirSync(INSTALLATIONS) : [];
  return versions
    .map((version) => join(INSTALLATIONS, version, 'bin'))
    .find((bin) =>
      ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => existsSync(join(bin, name))),
    );
}

const bin = findInstalledPostgres();
if (bin === undefined)
  process.stderr.write('Skipped, there is no pg_dump with its server (apt-get install postgresql)\n');

/** The commands of docs/operations.md bring back a registry. */
export function backups(set: TestSet): void {
  const briefly = itIn(set, 'short');
  const inSoak = itIn(set, 'long');

  describe('what docs/operations.md says of backups', () => {
    let sandbox: ProcessSandbox;

    beforeEach(async () => {
      sandbox = await createProcessSandbox();
    });
    afterEach(() => sandbox.clear());

    async function run(command: string, env: Record<string, string>): Promise<void> {
      const result = await runCommand('sh', ['-e', '-c', command], { cwd: sandbox.directory, env });
      expect({ command, ...result }).toEqual({ command, code: 0, stdout: '', stderr: '' });
    }

    const asAdmin = (adminKey: string): Record<string, string> => ({
      'X-Admin-Key': adminKey,
      'Content-Type': 'application/json',
    });

    /** An application with a key and an endpoint; gives its key. */
    async function populate(url: string, adminKey: string): Promise<string> {
      const post = async (path: string, body: object, headers = asAdmin(adminKey)): Promise<unknown> => {
        const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' } };
        const response = await fetch(`${url}${path}`, { ...init, body: JSON.stringify(body) });
        expect(response.ok).toBe(true);
        return response.json();
      };
      await post('/applications', { name: 'Orders', healthCheckUrl: 'http://127.0.0.1:9/health' });
      const path = '/applications/orders/environments/production/api-keys';
      const { apiKey } = (await post(path, { name: 'k' })) as { apiKey: string };
      await register(url, apiKey, 'Get an order');
      return apiKey;
    }

    async function register(url: string, apiKey: string, name: string): Promise<void> {
      const response = await fetch(`${url}/register/endpoints`, {
        method: 'POST',
        headers: { ...asApplication('orders', apiKey), 'Content-Type': 'application/json' },
        body: JSON.stringify({ app_key: 'orders', endpoints: [{ name, method: 'GET', path: '/orders' }] }),
      });
      expect(response.status).toBe(200);
    }

    /** All that clients see of it. */
    async function visible(url: string, adminKey: string): Promise<unknown> {
      const paths = ['/applications/with-endpoints', '/audit-logs?app_key=orders'];
      return Promise.all(
        paths.map(async (path) => {
          const response = await fetch(`${url}${path}`, { headers: asAdmin(adminKey) });
          expect(response.status).toBe(200);
          return JSON.parse(await response.text()) as unknown;
        }),
      );
    }

    /** It is as it was, the old key is good, and what makes the registry what it is was restored too. */
    async function expectWhole(
      url: string,
      adminKey: string,
      apiKey: string,
      before: unknown,
    ): Promise<void> {
      expect(await visible(url, adminKey)).toEqual(before);
      await register(url, apiKey, 'Get an order again');
      const discovered = await fetch(`${url}/endpoints?app_key=orders`);
      expect(await discovered.json()).toMatchObject({ endpoints: [{ name: 'Get an order again' }] });
    }

    (bin === undefined ? inSoak.skip : inSoak)(
      'a dump, restored into an empty database, is the registry',
      async () => {
        const programs = bin ?? '';
        const postgres: OwnPostgres = await startOwnPostgres({
          initdb: join(programs, 'initdb'),
          postgres: join(programs, 'postgres'),
        });
        try {
          const settings = { ...GIVEN_SECRETS, BCRYPT_COST: '4', HEALTH_CHECK_INTERVAL: '86400' };
          const adminKey = GIVEN_SECRETS.REGISTRY_ADMIN_KEY;
          await postgres.query('CREATE DATABASE registry');
          await postgres.query('CREATE DATABASE restored');
          const [original, restored] = ['registry', 'restored'].map((name) =>
            withDatabase(postgres.url, name),
          );
          const url = await sandbox.start({ ...settings, DATABASE_URL: original ?? '' }).ready;
          const apiKey = await populate(url, adminKey);
          const before = await visible(url, adminKey);
          const env = { PATH: `${programs}:${process.env.PATH ?? ''}` };

          await run(DUMP, { ...env, DATABASE_URL: original ?? '' });
          await run(RESTORE, { ...env, RESTORED_URL: restored ?? '' });

          // Under another secret key, as after the loss of the old one.
          const again = await sandbox.start({
            ...settings,
            SECRET_KEY: 'another',
            DATABASE_URL: restored ?? '',
          }).ready;
          await expectWhole(again, adminKey, apiKey, before);
          await expect(postgres.queryIn('restored', 'DELETE FROM "AuditLog"')).rejects.toThrow('append-only');
        } finally {
          await sandbox.kill();
          await postgres.close();
        }
      },
    );

    briefly('a copy of DATA_DIR, made while the service is stopped, is the registry', async () => {
      const settings = { BCRYPT_COST: '4', HEALTH_CHECK_INTERVAL: '86400' };
      const service = sandbox.start(settings);
      const url = await service.ready;
      const adminKey = (await readFile(join(sandbox.dataDir, 'admin-key'), 'utf8')).trim();
      const apiKey = await populate(url, adminKey);
      const before = await visible(url, adminKey);
      service.signal('SIGTERM');
      expect((await service.exited).code).toBe(0);

      const backup = join(sandbox.directory, 'backup');
      await run(COPY, { DATA_DIR: sandbox.dataDir, BACKUP_DIR: backup });

      const again = await sandbox.start({ ...settings, DATA_DIR: backup }).ready;
      await expectWhole(again, adminKey, apiKey, before);
    });
  });
}
