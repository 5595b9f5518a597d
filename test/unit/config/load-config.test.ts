import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { AppConfig } from '#libs/config/app-config.js';
import { ConfigError } from '#libs/config/config-error.js';
import { loadConfig } from '#libs/config/load-config.js';
import { afterEach, beforeEach, describe, expect, it } from '../../support/jest.js';

const SECRETS = {
  SECRET_KEY: 'Zb4nJbWq1vK0xT8pYs6mUe3rLc9dGh2f',
  REGISTRY_ADMIN_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
};
const URL = 'postgresql://registry:pa55word@db.example.com:5433/registry';

const load = (settings: Record<string, string | undefined> = {}): Promise<AppConfig> =>
  loadConfig({ ...SECRETS, ...settings });

/** The message a start with these settings ends with. */
async function refusal(settings: Record<string, string>): Promise<string> {
  const error: unknown = await load(settings).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  expect(message).not.toContain('\n');
  return message;
}

describe('the configuration', () => {
  it('has a default for every setting but the secrets', async () => {
    expect(await load()).toEqual({
      production: false,
      workers: 1,
      shutdown: { delaySeconds: 0, timeoutSeconds: 30 },
      http: {
        host: '0.0.0.0',
        port: 8000,
        tls: undefined,
        basePath: '',
        trustProxy: false,
        allowedHosts: undefined,
        corsOrigins: [],
        requestTimeoutSeconds: 60,
        keepAliveTimeoutSeconds: 75,
      },
      database: { url: undefined, directUrl: undefined, maxConnections: 20, connectTimeoutSeconds: 60 },
      dataDir: resolve('.data'),
      logLevel: 'info',
      logRequests: false,
      metricsHost: '127.0.0.1',
      metricsPort: undefined,
      batch: { maxEndpoints: 5000, maxBytes: 10 * 1024 * 1024, bodiesMaxBytes: 40 * 1024 * 1024 },
      bcryptCost: 10,
      applicationQuotas: { requestsPerMinute: undefined, batchesPerHour: undefined, storedBytes: undefined },
      mcp: { access: 'key', catalog: true },
      console: { enabled: true, sessionSeconds: 43_200, sessionIdleSeconds: 3600, allowHttp: true },
      keyLimits: { apiKeys: undefined, operatorKeys: undefined },
      endpointsRequireKey: false,
      healthChecks: {
        timeoutSeconds: 10,
        intervalSeconds: 300,
        maxConsecutiveFailures: 3,
        maxConsecutiveSuccesses: 2,
      },
      rateLimit: { max: 30_000, windowSeconds: 60 },
      egress: { allow: [], deny: [], loopbackClosed: false },
      applicationUpdateEnvironments: [],
      healthLogRetentionDays: 30,
      auditRetentionDays: undefined,
      auditMaxBytesPerHour: 67_108_864,
      secrets: {
        secretKeys: [SECRETS.SECRET_KEY],
        adminKeys: [SECRETS.REGISTRY_ADMIN_KEY],
        adminKeyFile: undefined,
      },
    });
  });

  it('takes every setting from the environment', async () => {
    const config = await load({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '9000',
      BASE_PATH: '/api/registry/',
      TRUST_PROXY: '2',
      ALLOWED_HOSTS: 'Registry.example.com.,*.Internal,bücher.example,10.0.0.7,[0:0::1]',
      REQUEST_TIMEOUT: '30',
      KEEP_ALIVE_TIMEOUT: '120',
      ALLOWED_ORIGINS: '["https://a.example", "http://localhost:3000"]',
      DATABASE_URL: URL,
      DATABASE_DIRECT_URL: 'postgres://registry@direct.example.com/registry',
      MAX_CONNECTIONS: '50',
      DATABASE_CONNECT_TIMEOUT: '5',
      WORKERS: '4',
      SHUTDOWN_DELAY: '10',
      SHUTDOWN_TIMEOUT: '45',
      DATA_DIR: '/var/lib/registry',
      LOG_LEVEL: 'DEBUG',
      LOG_REQUESTS: 'true',
      METRICS_HOST: '10.0.0.7',
      METRICS_PORT: '9464',
      BATCH_MAX_ENDPOINTS: '10',
      BATCH_MAX_BYTES: '4096',
      BODIES_MAX_BYTES: '8192',
      BCRYPT_COST: '12',
      APP_REQUESTS_PER_MINUTE: '500',
      APP_BATCHES_PER_HOUR: '50',
      APP_MAX_STORED_BYTES: '5000',
      MCP_ACCESS: 'public',
      MCP_CATALOG: 'false',
      CONSOLE_SESSION_MAX: '7200',
      CONSOLE_SESSION_IDLE: '600',
      CONSOLE_ALLOW_HTTP: 'true',
      ENDPOINTS_REQUIRE_KEY: 'true',
      HEALTH_CHECK_TIMEOUT: '5',
      HEALTH_CHECK_INTERVAL: '60',
      MAX_CONSECUTIVE_FAILURES: '4',
      MAX_CONSECUTIVE_SUCCESSES: '1',
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_MAX: '100',
      RATE_LIMIT_WINDOW: '10',
      EGRESS_ALLOW: '10.0.0.0/8, fd12::/16 ,*.example.com,orders,münchen.example',
      EGRESS_DENY: '10.9.9.9,::1,localhost,::ffff:10.1.0.0/112,64:ff9b::/96',
      APP_UPDATE_ENVIRONMENTS: 'production, Pre-Prod.2',
      HEALTH_LOG_RETENTION_DAYS: '7',
      AUDIT_RETENTION_DAYS: '365',
      AUDIT_MAX_BYTES_PER_HOUR: '1048576',
      API_KEY_MAX_DAYS: '90',
      OPERATOR_KEY_MAX_DAYS: '30',
    });
    expect(config).toEqual({
      production: true,
      workers: 4,
      shutdown: { delaySeconds: 10, timeoutSeconds: 45 },
      http: {
        host: '127.0.0.1',
        port: 9000,
        tls: undefined,
        basePath: '/api/registry',
        trustProxy: 2,
        allowedHosts: ['registry.example.com', '*.internal', 'xn--bcher-kva.example', '10.0.0.7', '::1'],
        corsOrigins: ['https://a.example', 'http://localhost:3000'],
        requestTimeoutSeconds: 30,
        keepAliveTimeoutSeconds: 120,
      },
      database: {
        url: URL,
        directUrl: 'postgres://registry@direct.example.com/registry',
        maxConnections: 50,
        connectTimeoutSeconds: 5,
      },
      dataDir: '/var/lib/registry',
      logLevel: 'debug',
      logRequests: true,
      metricsHost: '10.0.0.7',
      metricsPort: 9464,
      batch: { maxEndpoints: 10, maxBytes: 4096, bodiesMaxBytes: 8192 },
      bcryptCost: 12,
      applicationQuotas: { requestsPerMinute: 500, batchesPerHour: 50, storedBytes: 5000 },
      mcp: { access: 'public', catalog: false },
      console: { enabled: true, sessionSeconds: 7200, sessionIdleSeconds: 600, allowHttp: true },
      keyLimits: {
        apiKeys: { days: 90, setting: 'API_KEY_MAX_DAYS' },
        operatorKeys: { days: 30, setting: 'OPERATOR_KEY_MAX_DAYS' },
      },
      endpointsRequireKey: true,
      healthChecks: {
        timeoutSeconds: 5,
        intervalSeconds: 60,
        maxConsecutiveFailures: 4,
        maxConsecutiveSuccesses: 1,
      },
      rateLimit: { max: 100, windowSeconds: 10 },
      egress: {
        allow: ['10.0.0.0/8', 'fd12::/16', '*.example.com', 'orders', 'münchen.example'],
        deny: ['10.9.9.9', '::1', 'localhost', '::ffff:10.1.0.0/112', '64:ff9b::/96'],
        loopbackClosed: true,
      },
      applicationUpdateEnvironments: ['production', 'Pre-Prod.2'],
      healthLogRetentionDays: 7,
      auditRetentionDays: 365,
      auditMaxBytesPerHour: 1_048_576,
      secrets: {
        secretKeys: [SECRETS.SECRET_KEY],
        adminKeys: [SECRETS.REGISTRY_ADMIN_KEY],
        adminKeyFile: undefined,
      },
    });
  });

  it('takes an empty or blank value for none', async () => {
    const blank = Object.fromEntries(
      ['PORT', 'HOST', 'DATABASE_URL', 'LOG_LEVEL', 'TRUST_PROXY', 'ENDPOINTS_REQUIRE_KEY'].map((name, i) => [
        name,
        i % 2 === 0 ? '' : '  ',
      ]),
    );
    expect(await load(blank)).toEqual(await load());
  });

  it.each([
    ['', ''],
    ['/', ''],
    ['registry', '/registry'],
    ['/registry', '/registry'],
    ['//api/registry//', '/api/registry'],
    ['/v1.0/my-registry_~', '/v1.0/my-registry_~'],
  ])('reads BASE_PATH=%j as %j', async (value, basePath) => {
    expect((await load({ BASE_PATH: value })).http.basePath).toBe(basePath);
  });

  it.each([
    ['true', true],
    ['FALSE', false],
    ['0', 0],
    ['3', 3],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['loopback, 192.0.2.1 ,2001:db8::/32', ['loopback', '192.0.2.1', '2001:db8::/32']],
  ])('reads TRUST_PROXY=%s', async (value, trustProxy) => {
    expect((await load({ TRUST_PROXY: value })).http.trustProxy).toEqual(trustProxy);
  });

  it.each(['', ' , ', '*', 'registry.example.com, *'])(
    'allows every host with ALLOWED_HOSTS=%j',
    async (value) => {
      expect((await load({ ALLOWED_HOSTS: value })).http.allowedHosts).toBeUndefined();
    },
  );

  it.each(['true', '1', 'yes', 'ON'])('reads the flag %s as true', async (value) => {
    expect((await load({ ENDPOINTS_REQUIRE_KEY: value })).endpointsRequireKey).toBe(true);
  });

  it.each(['false', '0', 'No', 'off'])('reads the flag %s as false', async (value) => {
    expect((await load({ ENDPOINTS_REQUIRE_KEY: value })).endpointsRequireKey).toBe(false);
  });

  it('has no rate limit with RATE_LIMIT_ENABLED=false', async () => {
    expect((await load({ RATE_LIMIT_ENABLED: 'false', RATE_LIMIT_MAX: '5' })).rateLimit).toBeUndefined();
  });

  it.each([
    ['debug', 'debug'],
    ['Info', 'info'],
    ['WARNING', 'warning'],
    ['warn', 'warning'],
    ['error', 'error'],
    ['CRITICAL', 'critical'],
  ])('reads LOG_LEVEL=%s', async (value, level) => {
    expect((await load({ LOG_LEVEL: value })).logLevel).toBe(level);
  });

  it.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', 'http', 'a whole number from 0 to 65535'],
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '80.5', 'a whole number from 0 to 65535'],
    ['MAX_CONNECTIONS', '1', 'a whole number from 2 to 1000'],
    ['WORKERS', '0', 'a whole number from 1 to 64'],
    [
      'WORKERS',
      '11',
      'at most 10 with 20 database connections (MAX_CONNECTIONS, or pool_size and max_overflow in',
    ],
    ['SHUTDOWN_DELAY', '301', 'a whole number from 0 to 300'],
    ['SHUTDOWN_TIMEOUT', 'never', 'a whole number from 0 to 3600'],
    ['DATABASE_CONNECT_TIMEOUT', '-1', 'a whole number from 0 to 3600'],
    ['BATCH_MAX_ENDPOINTS', '0', 'a whole number from 1 to 100000'],
    ['BATCH_MAX_BYTES', '1023', 'a whole number from 1024 to 104857600'],
    ['BODIES_MAX_BYTES', '10485759', 'a whole number from 10485760 to 4294967296'],
    ['BCRYPT_COST', '3', 'a whole number from 4 to 15'],
    ['BCRYPT_COST', '16', 'a whole number from 4 to 15'],
    ['API_KEY_MAX_DAYS', '0', 'a whole number from 1 to 3650'],
    ['OPERATOR_KEY_MAX_DAYS', '3651', 'a whole number from 1 to 3650'],
    ['HEALTH_LOG_RETENTION_DAYS', '0', 'a whole number from 1 to 400'],
    ['HEALTH_LOG_RETENTION_DAYS', '401', 'a whole number from 1 to 400'],
    ['AUDIT_RETENTION_DAYS', '-1', 'a whole number from 0 to 36500'],
    ['AUDIT_RETENTION_DAYS', '36501', 'a whole number from 0 to 36500'],
    ['AUDIT_RETENTION_DAYS', 'for ever', 'a whole number from 0 to 36500'],
    ['AUDIT_MAX_BYTES_PER_HOUR', '1048575', 'a whole number from 1048576 to 1099511627776'],
    ['RATE_LIMIT_ENABLED', 'maybe', 'true or false'],
    ['RATE_LIMIT_MAX', '0', 'a whole number from 1 to 1000000000'],
    ['RATE_LIMIT_WINDOW', '86401', 'a whole number from 1 to 86400'],
    ['ENDPOINTS_REQUIRE_KEY', 'maybe', 'true or false'],
    ['NODE_ENV', 'prod', 'one of production, development, test'],
    ['NODE_ENV', 'staging', 'one of production, development, test'],
    ['METRICS_PORT', '65536', 'a whole number from 0 to 65535'],
    ['METRICS_PORT', '8000', 'another port than PORT'],
    ['LOG_REQUESTS', 'errors', 'true or false'],
    ['LOG_LEVEL', 'loud', 'one of debug, info, warning, error, critical'],
    ['BASE_PATH', '/a b', 'a path such as /api/registry'],
    ['BASE_PATH', '/a?b', 'a path such as /api/registry'],
    ['TRUST_PROXY', 'everybody', 'true, false, a number of proxies'],
    ['TRUST_PROXY', '10.0.0.0/33', 'CIDR ranges'],
    ['TRUST_PROXY', '10.0.0.0/8, nonsense', 'CIDR ranges'],
    ...['two words', '-staging', 'a/b', 'x'.repeat(64)].map(
      (value) => ['APP_UPDATE_ENVIRONMENTS', value, 'names of environments'] as const,
    ),
    ['TRUST_PROXY', 'fe80::1%br-lan', 'CIDR ranges'],
    ['TRUST_PROXY', '0.0.0.0/0', 'CIDR ranges'],
    ['ALLOWED_HOSTS', '[fe80::1%br-lan]', 'addresses'],
    ['EGRESS_DENY', 'fe80::1%br-lan', 'addresses'],
    ...['EGRESS_ALLOW', 'EGRESS_DENY'].flatMap((name) =>
      [
        '10.0.0.0/33',
        '10.0.0.1/8',
        '::1/129',
        'fe80::1%eth0',
        '::ffff:10.0.0.0/95',
        '010.0.0.1',
        '127.1',
        '2130706433',
        '0x7f000001',
        '1.2.3.4.5',
        '[::1]',
        'http://example.com',
        'example.com:80',
        'example.com/path',
        'user@example.com',
        '*',
        '*.*.example.com',
        'api.*.com',
        '*example.com',
        'two words',
        'a..b',
        '-',
        '.',
      ].map((value) => [name, value, 'addresses, CIDR ranges such as 10.0.0.0/8'] as const),
    ),
    ...[
      '169.254.169.254',
      '169.254.0.0/24',
      '::ffff:169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      'fe80::/64',
      'fd00:ec2::254',
      '224.0.0.0/4',
      'metadata.google.internal',
    ].map((value) => ['EGRESS_ALLOW', value, 'nothing that is always forbidden'] as const),
    ...[
      'https://a.example',
      'a.example:443',
      'a.example/',
      '*.',
      '*a.example',
      'a.*.example',
      'two words',
      '..',
    ].map(
      (value) => ['ALLOWED_HOSTS', value, 'host names, *.example.com and addresses, without ports'] as const,
    ),
    ['REQUEST_TIMEOUT', '0', 'a whole number from 1 to 3600'],
    ['KEEP_ALIVE_TIMEOUT', '3601', 'a whole number from 1 to 3600'],
    ['CORS_ORIGINS', 'example.com', 'origins such as https://console.example.com'],
    ['ALLOWED_ORIGINS', 'example.com', 'origins such as https://console.example.com'],
    ['ALLOWED_ORIGINS', '["https://a.example"', 'or a JSON list such as'],
    ...[
      'https://a.example/path',
      'https://a.example/',
      'https:a.example',
      'https:/a.example',
      'https:\\\\a.example',
      'https://a.example\\b',
      'https://user@a.example',
      'https://a.example?x',
      'https://A.example',
      'https://a.example:443',
    ].map((value) => ['CORS_ORIGINS', value, 'origins such as https://console.example.com'] as const),
  ])('refuses %s=%s and says what is allowed', async (name, value, allowed) => {
    const message = await refusal({ [name]: value });
    expect(message).toContain(name);
    expect(message).toContain(JSON.stringify(value));
    expect(message).toContain(allowed);
  });
});

describe('DATABASE_URL', () => {
  it.each([
    ['pool_size=5', {}, 5],
    ['pool_size=5&max_overflow=10', {}, 15],
    ['pool_size=30&max_overflow=10', {}, 20],
    ['pool_size=30&max_overflow=10', { MAX_CONNECTIONS: '100' }, 40],
    ['max_overflow=10', {}, 20],
    ['', { MAX_CONNECTIONS: '7' }, 7],
  ])('with ?%s and %j means %i connections', async (query, settings, maxConnections) => {
    const { database } = await load({ DATABASE_URL: `${URL}?${query}&sslmode=require`, ...settings });
    expect(database.maxConnections).toBe(maxConnections);
    const { searchParams } = new globalThis.URL(database.url ?? '');
    expect([...searchParams.keys()]).toEqual(['sslmode']);
  });

  it.each([
    [`${URL}?pool_size=1`, 'pool_size=1', 'from 2 to 9999'],
    [`${URL}?pool_size=many`, 'pool_size=many', 'from 2 to 9999'],
    [
      `${URL}?sslmode=strict`,
      'sslmode=strict',
      'disable, prefer, require, verify-ca, verify-full, no-verify',
    ],
    [`${URL}?ssl=maybe`, 'ssl=maybe', 'disable, prefer, require, verify-ca, verify-full, no-verify'],
    [`${URL}?sslmode=verify-ca`, 'sslmode=verify-ca', 'which needs sslrootcert'],
    [`${URL}?sslmode=require&sslrootcert=system`, 'sslrootcert=system', 'which needs sslmode=verify-full'],
    [`${URL}?sslmode=require&sslrootcert=/no/ca.pem`, 'sslrootcert=/no/ca.pem', 'cannot be read (ENOENT)'],
    [`${URL}?sslmode=require&sslcert=/a.pem`, 'one of sslcert and sslkey', 'needs both'],
    [`${URL}?sslnegotiation=direct`, 'sslnegotiation=direct', 'which needs sslmode=require or stricter'],
    [`${URL}?target_session_attrs=read-write`, 'target_session_attrs=read-write', 'is not supported'],
    [`${URL}?channel_binding=require`, 'channel_binding=require', 'is not supported'],
    [`${URL}?connect_timeout=0`, 'connect_timeout=0', 'a whole number from 1 to 600'],
    ['postgresql://registry:pa55word@one,two/registry', 'several hosts (one,two)', 'is not supported'],
    ['postgresql://registry:pa55word%zz@db/registry', 'a %', 'write %25'],
    [`${URL}?pool_size=5&max_overflow=-1`, 'max_overflow=-1', 'from 0 to 9999'],
    ['mysql://registry:pa55word@db/registry', 'mysql:', 'a URL such as postgresql://'],
    ['registry:pa55word at db', 'registry://…', 'a URL such as postgresql://'],
    ['postgresql:/registry:pa55word@db/registry', '(hidden)', 'a URL such as postgresql://'],
    ['postgres:registry:pa55word@db/registry', '(hidden)', 'a URL such as postgresql://'],
    ['postgresql://registry:pa55word@db:port/registry', '(hidden)', 'a URL such as postgresql://'],
  ])('refuses %s and hides the password', async (url, holds, allowed) => {
    const message = await refusal({ DATABASE_URL: url });
    expect(message).toContain('DATABASE_URL');
    expect(message).toContain(holds);
    expect(message).toContain(allowed);
    expect(message).not.toContain('pa55word');
  });

  it('has to leave every worker two connections', async () => {
    const url = `${URL}?pool_size=4&max_overflow=1`;
    expect((await load({ DATABASE_URL: url, WORKERS: '2' })).database.maxConnections).toBe(5);
    expect(await refusal({ DATABASE_URL: url, WORKERS: '3' })).toBe(
      'WORKERS is "3"; allowed is at most 2 with 5 database connections ' +
        '(MAX_CONNECTIONS, or pool_size and max_overflow in DATABASE_URL): each worker needs 2',
    );
  });

  it('must be there when DATABASE_DIRECT_URL is', async () => {
    expect(await refusal({ DATABASE_DIRECT_URL: URL })).toBe(
      'DATABASE_DIRECT_URL is set without DATABASE_URL',
    );
    expect(await refusal({ DATABASE_URL: URL, DATABASE_DIRECT_URL: 'direct' })).toMatch(
      /^DATABASE_DIRECT_URL is/,
    );
  });
});

describe('secrets', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'registry-config-')), 'data');
  });
  afterEach(() => rm(resolve(dataDir, '..'), { recursive: true, force: true }));

  const loadWithout = (settings: Record<string, string> = {}): Promise<AppConfig> =>
    loadConfig({ DATA_DIR: dataDir, ...settings });

  it('are made once, kept closed to others, and found again', async () => {
    const first = await loadWithout();
    const file = join(dataDir, 'admin-key');
    expect(first.secrets).toEqual({
      secretKeys: [expect.stringMatching(/^[\w-]{43}$/)],
      adminKeys: [expect.stringMatching(/^[\w-]{43}$/)],
      adminKeyFile: file,
    });
    expect(first.secrets.secretKeys).not.toEqual(first.secrets.adminKeys);
    expect((await loadWithout()).secrets).toEqual(first.secrets);
    expect((await readFile(file, 'utf8')).trim()).toBe(first.secrets.adminKeys[0]);
    expect((await readdir(dataDir)).sort()).toEqual(['admin-key', 'secret-key']);
    for (const name of ['admin-key', 'secret-key']) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('are not made when they are given', async () => {
    const { secrets } = await loadWithout(SECRETS);
    expect(secrets).toEqual({
      secretKeys: [SECRETS.SECRET_KEY],
      adminKeys: [SECRETS.REGISTRY_ADMIN_KEY],
      adminKeyFile: undefined,
    });
    await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('may be several, with commas between them: the present one first', async () => {
    const { secrets } = await loadWithout({
      SECRET_KEY: 'new , old',
      REGISTRY_ADMIN_KEY: 'third,second,first',
    });
    expect(secrets).toEqual({
      secretKeys: ['new', 'old'],
      adminKeys: ['third', 'second', 'first'],
      adminKeyFile: undefined,
    });
  });

  it('are made one by one', async () => {
    const { secrets } = await loadWithout({ SECRET_KEY: 'given' });
    expect(secrets).toMatchObject({ secretKeys: ['given'], adminKeyFile: join(dataDir, 'admin-key') });
    expect(await readdir(dataDir)).toEqual(['admin-key']);
  });

  it('are the same for all when several calls of one process make them at once', async () => {
    for (let round = 1; round <= 50; round++) {
      const DATA_DIR = join(dataDir, String(round));
      const configs = await Promise.all(Array.from({ length: 8 }, () => loadWithout({ DATA_DIR })));
      const kept = (await loadWithout({ DATA_DIR })).secrets;
      for (const { secrets } of configs) expect(secrets).toEqual(kept);
      expect((await readdir(DATA_DIR)).sort()).toEqual(['admin-key', 'secret-key']);
    }
  });

  it('are the same for all when several processes make them at once', async () => {
    const module = fileURLToPath(new globalThis.URL('../../../libs/config/load-config.js', import.meta.url));
    const script = `
      import { loadConfig } from ${JSON.stringify(module)};
      const { secrets } = await loadConfig({ DATA_DIR: process.argv[1] });
      console.log(JSON.stringify(secrets));`;
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        return text(child.stdout);
      }),
    );
    const kept = (await loadWithout()).secrets;
    expect(answers.map((answer) => JSON.parse(answer) as unknown)).toEqual(answers.map(() => kept));
  });

  it('are not made again over an empty file', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'admin-key'), '');
    await expect(loadWithout()).rejects.toThrow(`${join(dataDir, 'admin-key')} is empty; delete it`);
  });

  it('are never shown, not even when they cannot be used', async () => {
    for (const name of ['SECRET_KEY', 'REGISTRY_ADMIN_KEY']) {
      for (const value of [
        'two words',
        'schlüssel',
        `hidden${'x'.repeat(600)}`,
        'one-secret,',
        ',one-secret',
        'one-secret,,another',
      ]) {
        const message = await refusal({ [name]: value });
        expect(message).toContain(name);
        expect(message).toContain('1 to 512 visible ASCII characters');
        expect(message).not.toContain(value);
      }
    }
  });

  it.each([
    [{}, 'SECRET_KEY and REGISTRY_ADMIN_KEY must be set'],
    [{ SECRET_KEY: 'a' }, 'REGISTRY_ADMIN_KEY must be set'],
    [{ REGISTRY_ADMIN_KEY: 'a', SECRET_KEY: ' ' }, 'SECRET_KEY must be set'],
  ])('must be given in production: %j', async (given, message) => {
    for (const NODE_ENV of ['production', 'Production']) {
      await expect(loadWithout({ NODE_ENV, ...given })).rejects.toThrow(message);
    }
    await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    'a',
    'x'.repeat(31),
    `schlüssel${'x'.repeat(40)}`,
    `one-secret,${'x'.repeat(40)}`,
    'x '.repeat(40),
  ])('are not taken from the data directory when they cannot be a secret: %j', async (content) => {
    for (const name of ['admin-key', 'secret-key']) {
      await mkdir(dataDir);
      await writeFile(join(dataDir, name), `${content}\n`);
      await expect(loadWithout()).rejects.toThrow(
        new ConfigError(
          `${join(dataDir, name)} (hidden) must hold 32 to 512 visible ASCII characters without spaces and commas; ` +
            'delete it to have a new secret made',
        ),
      );
      await rm(dataDir, { recursive: true });
    }
  });

  describe('in production', () => {
    const { SECRET_KEY, REGISTRY_ADMIN_KEY } = SECRETS;
    const suffix = ' when NODE_ENV=production (make each for example with: openssl rand -base64 32)';

    it.each([
      ['SECRET_KEY', 'x', 'SECRET_KEY (hidden) must have at least 32 characters'],
      ['SECRET_KEY', SECRET_KEY.slice(1), 'SECRET_KEY (hidden) must have at least 32 characters'],
      ['REGISTRY_ADMIN_KEY', 'changeme', 'REGISTRY_ADMIN_KEY (hidden) must have at least 32 characters'],
      [
        'REGISTRY_ADMIN_KEY',
        `${REGISTRY_ADMIN_KEY},old`,
        'Number 2 in REGISTRY_ADMIN_KEY (hidden) must have at least 32 characters',
      ],
      ['SECRET_KEY', `CHANGE-ME-${SECRET_KEY}`, 'SECRET_KEY (hidden) must not be a placeholder'],
      [
        'SECRET_KEY',
        'to-be-replaced-to-be-replaced-to-be-replaced',
        'SECRET_KEY (hidden) must not be a placeholder',
      ],
      ['SECRET_KEY', 'ab'.repeat(16), 'SECRET_KEY (hidden) must have at least 8 different characters'],
      [
        'SECRET_KEY',
        REGISTRY_ADMIN_KEY,
        'SECRET_KEY and REGISTRY_ADMIN_KEY (hidden) must not share a secret',
      ],
      [
        'REGISTRY_ADMIN_KEY',
        `${REGISTRY_ADMIN_KEY},${SECRET_KEY}`,
        'SECRET_KEY and REGISTRY_ADMIN_KEY (hidden) must not share a secret',
      ],
    ])('are refused when they are weak: %s=%s', async (name, value, message) => {
      expect(await refusal({ NODE_ENV: 'production', [name]: value })).toBe(`${message}${suffix}`);
      expect((await load({ [name]: value })).production).toBe(false);
    });

    it('are taken as openssl makes them', async () => {
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const made = (): string => randomBytes(32).toString(encoding);
        const config = await load({
          NODE_ENV: 'production',
          SECRET_KEY: `${made()},${made()}`,
          REGISTRY_ADMIN_KEY: made(),
        });
        expect(config.production).toBe(true);
      }
    });
  });

  describe('in files', () => {
    it('are read without the newline at the end', async () => {
      await mkdir(dataDir);
      const file = async (name: string, content: string): Promise<string> => {
        await writeFile(join(dataDir, name), content);
        return join(dataDir, name);
      };
      const config = await loadWithout({
        NODE_ENV: 'production',
        SECRET_KEY_FILE: await file('secret', `${SECRETS.SECRET_KEY}\n`),
        REGISTRY_ADMIN_KEY_FILE: await file('admin', SECRETS.REGISTRY_ADMIN_KEY),
        DATABASE_URL_FILE: await file('url', `${URL}\r\n`),
        DATABASE_DIRECT_URL_FILE: await file('direct', `${URL}?sslmode=disable\n`),
      });
      expect(config.secrets).toEqual({
        secretKeys: [SECRETS.SECRET_KEY],
        adminKeys: [SECRETS.REGISTRY_ADMIN_KEY],
        adminKeyFile: undefined,
      });
      expect(config.database).toMatchObject({ url: URL, directUrl: `${URL}?sslmode=disable` });
    });

    it.each(['SECRET_KEY', 'REGISTRY_ADMIN_KEY', 'DATABASE_URL', 'DATABASE_DIRECT_URL'])(
      'of %s are refused in one line when they cannot be used',
      async (name) => {
        await mkdir(dataDir);
        const setting = `${name}_FILE`;
        const file = join(dataDir, 'file');
        const refused = async (content: Buffer | string): Promise<string> => {
          await writeFile(file, content);
          return refusal({ DATABASE_URL: URL, [name]: '', [setting]: file });
        };
        const missing = join(dataDir, 'missing');
        expect(await refusal({ [name]: '', [setting]: missing })).toBe(
          `${setting} is "${missing}", which cannot be read (ENOENT)`,
        );
        expect(await refusal({ [name]: '', [setting]: dataDir })).toBe(
          `${setting} is "${dataDir}", which cannot be read (EISDIR)`,
        );
        expect(await refusal({ [name]: '', [setting]: '/dev/zero' })).toBe(
          `${setting} is "/dev/zero"; allowed is a file of 65536 bytes at most`,
        );
        expect(await refused('\n')).toBe(`${setting} is "${file}", which is empty`);
        expect(await refused('two hidden\nlines')).not.toContain('two hidden');
        expect(await refusal({ [name]: URL, [setting]: file })).toBe(
          `${name} and ${setting} are both set; set one of them`,
        );
      },
    );
  });
});
