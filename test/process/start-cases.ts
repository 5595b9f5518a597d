import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import getPort from 'get-port';
import { describeSelf } from '#libs/embedded-postgres/lock-holder.js';
import { migrations } from '#migrations/migrations.js';
import { version } from '#registry/version.js';
import { embeddedDatabaseUrl, findPostmaster, isPostmaster } from '../support/embedded-database.js';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import type { Exit, ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { itIn, type TestSet } from '../support/test-set.js';

const JSON_BODY = { 'Content-Type': 'application/json' };

/** How the service starts and ends, as a process. */
export function startAndEnd(set: TestSet): void {
  const briefly = itIn(set, 'short');
  const inSoak = itIn(set, 'long');

  describe('the process', () => {
    let sandbox: ProcessSandbox;
    let databases: TestDatabase[];

    beforeEach(async () => {
      sandbox = await createProcessSandbox();
      databases = [];
    });
    afterEach(async () => {
      await sandbox.clear();
      await Promise.all(databases.map((database) => database.drop()));
    });

    async function database(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
      const created = await createTestDatabase(options);
      databases.push(created);
      return created;
    }

    describe('refuses', () => {
      const cases: [string, Record<string, string>, RegExp][] = [
        [
          'PORT',
          { PORT: 'abc' },
          /^Configuration: PORT is "abc"; allowed is a whole number from 0 to 65535\n$/,
        ],
        [
          'DATABASE_URL of another database',
          { DATABASE_URL: 'mysql://user:hunter2@host/db' },
          /^Configuration: DATABASE_URL is "mysql:\/\/…"; allowed is a URL such as postgresql:\/\/\S+\n$/,
        ],
        [
          'DATABASE_URL that is none',
          { DATABASE_URL: 'postgres://user:hunter2@:bad:' },
          /^Configuration: DATABASE_URL is "\(hidden\)"; allowed is a URL such as postgresql:\/\/\S+\n$/,
        ],
        [
          'LOG_LEVEL',
          { LOG_LEVEL: 'loud' },
          /^Configuration: LOG_LEVEL is "loud"; allowed is one of debug, info, warning, error, critical, warn\n$/,
        ],
        [
          'BCRYPT_COST',
          { BCRYPT_COST: '99' },
          /^Configuration: BCRYPT_COST is "99"; allowed is a whole number from 4 to 15\n$/,
        ],
        [
          'TRUST_PROXY',
          { TRUST_PROXY: '10.0.0.0/99' },
          /^Configuration: TRUST_PROXY is "10\.0\.0\.0\/99"; allowed is true, false, a number of proxies, .+\n$/,
        ],
        [
          'BASE_PATH',
          { BASE_PATH: 'a b' },
          /^Configuration: BASE_PATH is "a b"; allowed is a path such as \/api\/registry\n$/,
        ],
        [
          'CORS_ORIGINS',
          { CORS_ORIGINS: 'https://console.example.com, example.com/' },
          /^Configuration: CORS_ORIGINS is "example\.com\/"; allowed is \* or origins such as \S+\n$/,
        ],
        [
          'ALLOWED_HOSTS',
          { ALLOWED_HOSTS: 'registry.example.com:8000' },
          /^Configuration: ALLOWED_HOSTS is "registry\.example\.com:8000"; allowed is \* or host names, .+ without ports\n$/,
        ],
        [
          'REGISTRY_ADMIN_KEY',
          { REGISTRY_ADMIN_KEY: 'hunter2 with spaces' },
          /^Configuration: REGISTRY_ADMIN_KEY \(hidden\) must be 1 to 512 visible ASCII characters without spaces, or several such secrets with commas between them\n$/,
        ],
        [
          'an unknown NODE_ENV',
          { NODE_ENV: 'prod' },
          /^Configuration: NODE_ENV is "prod"; allowed is one of production, development, test\n$/,
        ],
        [
          'production with a weak secret',
          { ...GIVEN_SECRETS, NODE_ENV: 'production', SECRET_KEY: 'hunter2' },
          /^Configuration: SECRET_KEY \(hidden\) must have at least 32 characters when NODE_ENV=production .+\n$/,
        ],
        [
          'a secret in a file that is not there',
          { SECRET_KEY_FILE: '/nonexistent/secret-key' },
          /^Configuration: SECRET_KEY_FILE is "\/nonexistent\/secret-key", which cannot be read \(ENOENT\)\n$/,
        ],
        [
          'production without secrets',
          { NODE_ENV: 'production', SECRET_KEY: 'given' },
          /^Configuration: REGISTRY_ADMIN_KEY must be set when NODE_ENV=production .+\n$/,
        ],
      ];
      // A line of each kind: a number, a URL with a password, and what is missing in production.
      const isBrief = ([name]: (typeof cases)[number]): boolean =>
        ['PORT', 'DATABASE_URL that is none', 'production without secrets'].includes(name);
      it.each(cases.filter((each) => isBrief(each) === (set === 'short')))(
        '%s, in one line',
        async (_, settings, line) => {
          const exit = await sandbox.start(settings).exited;
          expectOneLine(exit, line);
          expect(exit.stderr).not.toContain('hunter2');
          await expect(stat(sandbox.dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
        },
      );

      briefly('a port in use', async () => {
        const { url } = await database();
        const occupant = await listening();
        try {
          const { port } = occupant.address() as AddressInfo;
          const exit = await sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: url, PORT: String(port) })
            .exited;
          expectOneLine(
            exit,
            /^HTTP: listen EADDRINUSE: address already in use 127\.0\.0\.1:\d+; stop the other process or set PORT\n$/,
          );
        } finally {
          occupant.close();
        }
      });

      briefly('a database it cannot reach, open or find, without its password', async () => {
        const { url } = await database();
        const unreachable = new URL(url);
        unreachable.port = String(await getPort({ host: '127.0.0.1' }));
        const wrongPassword = new URL(url);
        wrongPassword.password = 'hunter2';
        const missing = new URL(url);
        missing.pathname = '/missing';
        const start = (to: URL): Promise<Exit> =>
          sandbox.start({
            ...GIVEN_SECRETS,
            DATABASE_URL: to.href,
            // The others will not exist in a minute, either: the start does not wait for them.
            ...(to === unreachable && { DATABASE_CONNECT_TIMEOUT: '0' }),
          }).exited;
        const lines: [URL, RegExp][] = [
          [
            unreachable,
            /^Database: cannot connect: connect ECONNREFUSED 127\.0\.0\.1:\d+; check DATABASE_URL\n$/,
          ],
          [
            wrongPassword,
            /^Database: cannot connect: password authentication failed for user "\w+"; check DATABASE_URL\n$/,
          ],
          [missing, /^Database: cannot connect: database "missing" does not exist; check DATABASE_URL\n$/],
        ];
        await Promise.all(
          lines.map(async ([to, line]) => {
            const exit = await start(to);
            expectOneLine(exit, line);
            expect(exit.stderr).not.toContain(to.password);
          }),
        );
      });
    });

    inSoak('reads .env; what the environment sets already wins', async () => {
      const { url } = await database();
      await writeFile(
        join(sandbox.directory, '.env'),
        `DATABASE_URL=${url}\nSECRET_KEY="from the file"\nREGISTRY_ADMIN_KEY=of-the-file\nBASE_PATH=/of-the-file\n`,
      );
      const refused = await sandbox.start({ REGISTRY_ADMIN_KEY: 'of-the-environment' }).exited;
      expectOneLine(refused, /^Configuration: SECRET_KEY \(hidden\) must be /);
      const service = sandbox.start({ REGISTRY_ADMIN_KEY: 'of-the-environment', SECRET_KEY: 'given' });
      const base = await service.ready;
      expect(new URL(base).pathname).toBe('/of-the-file');
      const statusFor = async (adminKey: string): Promise<number> =>
        (await fetch(`${base}/applications`, { headers: { 'X-Admin-Key': adminKey } })).status;
      expect(await statusFor('of-the-environment')).toBe(200);
      expect(await statusFor('of-the-file')).toBe(401);
      service.signal('SIGTERM');
      const { code, stdout } = await service.exited;
      expect(code).toBe(0);
      expect(
        stdout.match(/\w+ \(hidden\) must have at least 32 characters: NODE_ENV=production [a-z ]+/g),
      ).toEqual([
        'SECRET_KEY (hidden) must have at least 32 characters: NODE_ENV=production refuses to start with it',
        'REGISTRY_ADMIN_KEY (hidden) must have at least 32 characters: NODE_ENV=production refuses to start with it',
      ]);
      const { host, pathname, password } = new URL(url);
      expect(stdout).toContain(`  Database   ${host}${pathname}\n  Admin key  from REGISTRY_ADMIN_KEY\n`);
      expect(stdout).not.toContain(password);
      expect(stdout).not.toContain('of-the-environment');
      await expect(stat(sandbox.dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    inSoak(
      'serves metrics on METRICS_HOST only, which is the loopback address unless it is set',
      async () => {
        const { url } = await database();
        const settings = { ...GIVEN_SECRETS, DATABASE_URL: url, METRICS_PORT: '0', HOST: '127.0.0.2' };
        const addressesOf = async (service: ServiceProcess): Promise<(string | undefined)[]> => {
          await service.ready;
          return ['API', 'Metrics'].map(
            (name) => new RegExp(`^ {2}${name} +http://([\\d.]+):`, 'm').exec(service.output())?.[1],
          );
        };
        const [byDefault, elsewhere] = [settings, { ...settings, METRICS_HOST: '127.0.0.3' }].map((each) =>
          sandbox.start(each),
        );
        if (byDefault === undefined || elsewhere === undefined) throw new Error('not started');
        expect(await addressesOf(byDefault)).toEqual(['127.0.0.2', '127.0.0.1']);
        expect(await addressesOf(elsewhere)).toEqual(['127.0.0.2', '127.0.0.3']);
        const metricsUrl = new URL(/^ {2}Metrics +(\S+)$/m.exec(elsewhere.output())?.[1] ?? '');
        expect((await fetch(metricsUrl)).status).toBe(200);
        metricsUrl.hostname = '127.0.0.2';
        await expect(fetch(metricsUrl)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
      },
    );

    inSoak('starts in three replicas at once on an empty database, which is migrated once', async () => {
      const store = await database({ migrated: false });
      const { url } = store;
      const replicas = [1, 2, 3].map(() => sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: url }));
      const urls = await Promise.all(replicas.map((replica) => replica.ready));
      for (const base of urls) expect((await fetch(`${base}/health/ready`)).status).toBe(200);
      const applied = await store.query<{ name: string }>(
        'SELECT "name" FROM "migrations" ORDER BY "timestamp"',
      );
      expect(applied.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
      const created = await fetch(`${urls[0] ?? ''}/applications`, {
        method: 'POST',
        headers: { ...JSON_BODY, ...AS_ADMIN },
        body: '{"name":"Shared"}',
      });
      expect(created.status).toBe(201);
      const seen = await fetch(`${urls[2] ?? ''}/applications/shared`, { headers: AS_ADMIN });
      expect(seen.status).toBe(200);
    });

    inSoak('serves everything below BASE_PATH, and nothing beside it', async () => {
      const { url } = await database();
      const base = await sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: url, BASE_PATH: '/api/registry/' })
        .ready;
      expect(new URL(base).pathname).toBe('/api/registry');
      const status = async (at: string, headers = {}): Promise<number> =>
        (await fetch(at, { headers })).status;
      expect(await status(`${base}/health`)).toBe(200);
      expect(await status(`${base}/applications`, AS_ADMIN)).toBe(200);
      expect(await status(`${base}/register/endpoints`)).toBe(405);
      const docs = await fetch(`${base}/docs`);
      expect(docs.status).toBe(200);
      const page = await docs.text();
      expect(page).toContain('swagger-ui');
      // What the page loads is there, too.
      for (const [, asset = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
        expect([asset, await status(new URL(asset, docs.url).href)]).toEqual([asset, 200]);
      }
      const document = (await (await fetch(`${base}/openapi.json`)).json()) as {
        paths: object;
        servers: { url: string }[];
      };
      const served = document.servers.map((server) => new URL(server.url, base).pathname.replace(/\/$/, ''));
      expect(
        Object.keys(document.paths).every((path) =>
          served.some((server) => `${server}${path}`.startsWith('/api/registry/')),
        ),
      ).toBe(true);
      const origin = new URL(base).origin;
      for (const path of ['/health', '/applications', '/docs', '/openapi.json', '/api/health']) {
        expect([path, await status(`${origin}${path}`, AS_ADMIN)]).toEqual([path, 404]);
      }
    });
  });

  describe('the process with an embedded database', () => {
    let sandbox: ProcessSandbox;

    // One data directory for all, because a cluster takes long to make: the first start makes it.
    beforeAll(async () => {
      sandbox = await createProcessSandbox();
    });
    afterEach(() => sandbox.kill());
    afterAll(() => sandbox.clear());

    inSoak('stops cleanly when the signal comes in the middle of the start', async () => {
      const service = sandbox.start();
      await eventually(async () => isPostmaster(await findPostmaster(sandbox.dataDir)), {
        within: 60_000,
        every: 5,
      });
      service.signal('SIGTERM');
      const { code, stderr } = await service.exited;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await findPostmaster(sandbox.dataDir)).toBeUndefined();
    });

    briefly('says where everything is, and keeps its secrets and data over a restart', async () => {
      const first = sandbox.start();
      const firstUrl = await first.ready;
      const adminKeyFile = join(sandbox.dataDir, 'admin-key');
      const adminKey = (await readFile(adminKeyFile, 'utf8')).trim();
      const secretKey = await readFile(join(sandbox.dataDir, 'secret-key'), 'utf8');
      expect((await stat(adminKeyFile)).mode & 0o777).toBe(0o600);
      expect((await stat(join(sandbox.dataDir, 'secret-key'))).mode & 0o777).toBe(0o600);
      const created = await fetch(`${firstUrl}/applications`, {
        method: 'POST',
        headers: { ...JSON_BODY, 'X-Admin-Key': adminKey },
        body: '{"name":"Kept"}',
      });
      expect(created.status).toBe(201);
      const issued = await fetch(`${firstUrl}/applications/kept/environments/production/api-keys`, {
        method: 'POST',
        headers: { ...JSON_BODY, 'X-Admin-Key': adminKey },
        body: '{"name":"kept"}',
      });
      const { apiKey } = (await issued.json()) as { apiKey: string };
      first.signal('SIGTERM');
      const { code, stdout, stderr } = await first.exited;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(
        [
          '',
          `MCP Registry Server ${version} is ready`,
          `  API        ${firstUrl}`,
          `  Docs       ${firstUrl}/docs`,
          `  Console    ${firstUrl}/console`,
          `  Database   embedded PostgreSQL in ${sandbox.dataDir}`,
          `  Admin key  in ${sandbox.dataDir}/admin-key (send as X-Admin-Key)`,
          '',
        ].join('\n'),
      );
      for (const file of ['admin-key', 'secret-key', 'postgres-password']) {
        const secret = (await readFile(join(sandbox.dataDir, file), 'utf8')).trim();
        expect(secret).toMatch(/^[\w-]{43}$/);
        expect(stdout).not.toContain(secret);
      }

      const url = await sandbox.start().ready;
      expect((await readFile(adminKeyFile, 'utf8')).trim()).toBe(adminKey);
      expect(await readFile(join(sandbox.dataDir, 'secret-key'), 'utf8')).toBe(secretKey);
      const listed = await fetch(`${url}/applications`, { headers: { 'X-Admin-Key': adminKey } });
      expect(await listed.json()).toMatchObject([{ appKey: 'kept' }]);
      const update = await fetch(`${url}/applications/kept`, {
        method: 'PUT',
        headers: { ...JSON_BODY, 'X-App-Key': 'kept', 'X-API-Key': apiKey },
        body: '{"description":"after the restart"}',
      });
      expect(update.status).toBe(200);
    });

    briefly('stops cleanly when the signal comes while it watches the lock of another host', async () => {
      const file = join(sandbox.dataDir, 'registry.lock');
      const other = { ...(await describeSelf()), boot: 'of another host', host: 'other.example' };
      await writeFile(file, JSON.stringify(other));
      const service = sandbox.start();
      await eventually(() => service.output().includes('watching for 12 s whether it is renewed'));
      service.signal('SIGTERM');
      const { code, stderr } = await service.exited;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await readFile(file, 'utf8')).toBe(JSON.stringify(other));
      await writeFile(file, '');
    });

    inSoak('turns a second service on the same data directory away with one line', async () => {
      const first = sandbox.start();
      const url = await first.ready;
      expectOneLine(
        await sandbox.start().exited,
        /^Database: DATA_DIR \S+ is in use by another registry \(process \d+, host \S+, since \S+Z\); stop it or set another DATA_DIR\n$/,
      );
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    });

    inSoak('ends the database again when the port is in use', async () => {
      const occupant = await listening();
      try {
        const { port } = occupant.address() as AddressInfo;
        expectOneLine(await sandbox.start({ PORT: String(port) }).exited, /^HTTP: listen EADDRINUSE/);
        expect(await findPostmaster(sandbox.dataDir)).toBeUndefined();
      } finally {
        occupant.close();
      }
    });

    it.each(set === 'short' ? (['SIGTERM'] as const) : (['SIGINT'] as const))(
      'ends what is under way on %s, and then itself',
      async (signal) => {
        const service = sandbox.start(GIVEN_SECRETS);
        const url = await service.ready;
        const postmaster = await findPostmaster(sandbox.dataDir);
        expect(await isPostmaster(postmaster)).toBe(true);
        const created = await fetch(`${url}/applications`, {
          method: 'POST',
          headers: { ...JSON_BODY, ...AS_ADMIN },
          body: JSON.stringify({ name: signal }),
        });
        expect(created.status).toBe(201);

        // A request in flight for as long as another transaction holds the row.
        const rows = await holdRows(
          await embeddedDatabaseUrl(sandbox.dataDir),
          'SELECT FROM "Application" FOR UPDATE',
        );
        const update = fetch(`${url}/applications/${signal.toLowerCase()}`, {
          method: 'PUT',
          headers: { ...JSON_BODY, ...AS_ADMIN },
          body: '{"description":"made during the stop"}',
        });
        await eventually(async () => (await rows.waiting()) === 1);
        service.signal(signal);
        // Until no new request is accepted.
        await eventually(() =>
          fetch(`${url}/health/live`, { headers: { Connection: 'close' } }).then(
            () => false,
            () => true,
          ),
        );
        await rows.release();
        const answer = await update;
        expect(answer.status).toBe(200);
        expect(await answer.json()).toMatchObject({ description: 'made during the stop' });

        const { code, stderr } = await service.exited;
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(await isPostmaster(postmaster)).toBe(false);
        expect(await findPostmaster(sandbox.dataDir)).toBeUndefined();
      },
    );
  });
}

function expectOneLine(exit: Exit, line: RegExp): void {
  expect(exit).toEqual({ code: 1, signal: null, stdout: '', stderr: expect.stringMatching(line) });
  expect(exit.stderr.split('\n')).toHaveLength(2);
}

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
