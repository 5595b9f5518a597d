import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { ConnectionUrlError, parseConnectionUrl } from '#libs/database/connection-url.js';
import type { EgressSettings } from '#libs/egress/egress-policy.js';
import { parseEgressRule, reasonAgainstRule } from '#libs/egress/egress-rule.js';
import { type LifetimeLimit, MAX_LIFETIME_DAYS } from '#libs/key-lifetime/lifetime-limit.js';
import type { TlsFiles } from '#libs/tls/tls-files.js';
import { readTlsTexts, tlsMaterial } from '#libs/tls/tls-material.js';
import { httpUrl } from '#libs/validation/http-url.js';
import { MEBIBYTE } from '../units/bytes.js';
import { allowedHost } from './allowed-hosts.js';
import {
  type AppConfig,
  type BatchLimits,
  type DatabaseConfig,
  LOG_LEVELS,
  type LogLevel,
  MCP_ACCESS,
  type RateLimit,
  type SecretList,
} from './app-config.js';
import { ConfigError } from './config-error.js';
import { loadSecrets } from './secrets.js';
import { type Environment, SettingsReader } from './settings-reader.js';

const DEFAULT_PORT = 8000;
const DEFAULT_MAX_CONNECTIONS = 20;
/** One that listens for changes, and one for everything else. */
const LEAST_CONNECTIONS_OF_A_WORKER = 2;

/**
 * Turns environment variables into the typed configuration and, outside production, makes missing secrets
 * in the data directory.
 *
 * @throws ConfigError on the first setting that cannot be used
 */
export async function loadConfig(environment: Environment): Promise<AppConfig> {
  const settings = new SettingsReader(environment);
  const production =
    settings.choice('NODE_ENV', 'development', ['production', 'development', 'test']) === 'production';
  const dataDir = resolve(settings.text('DATA_DIR') ?? '.data');
  const workers = settings.integer('WORKERS', 1, 1, 64);
  return {
    production,
    workers,
    shutdown: {
      delaySeconds: settings.integer('SHUTDOWN_DELAY', 0, 0, 300),
      timeoutSeconds: settings.integer('SHUTDOWN_TIMEOUT', 30, 0, 3600),
    },
    http: {
      host: settings.text('HOST') ?? '0.0.0.0',
      port: settings.integer('PORT', DEFAULT_PORT, 0, 65_535),
      tls: tls(settings),
      basePath: basePath(settings),
      trustProxy: trustProxy(settings),
      allowedHosts: allowedHosts(settings),
      corsOrigins: corsOrigins(settings),
      requestTimeoutSeconds: settings.integer('REQUEST_TIMEOUT', 60, 1, 3600),
      keepAliveTimeoutSeconds: settings.integer('KEEP_ALIVE_TIMEOUT', 75, 1, 3600),
    },
    database: database(settings, workers),
    dataDir,
    logLevel: logLevel(settings),
    logRequests: settings.flag('LOG_REQUESTS', false),
    metricsHost: settings.text('METRICS_HOST') ?? '127.0.0.1',
    metricsPort: metricsPort(settings),
    batch: batch(settings),
    bcryptCost: settings.integer('BCRYPT_COST', 10, 4, 15),
    keyLimits: {
      apiKeys: lifetimeLimit(settings, 'API_KEY_MAX_DAYS'),
      operatorKeys: lifetimeLimit(settings, 'OPERATOR_KEY_MAX_DAYS'),
    },
    endpointsRequireKey: settings.flag('ENDPOINTS_REQUIRE_KEY', false),
    applicationUpdateEnvironments: applicationUpdateEnvironments(settings),
    // 0 is how one says "without limit".
    applicationQuotas: {
      requestsPerMinute: settings.integer('APP_REQUESTS_PER_MINUTE', 0, 0, 1_000_000_000) || undefined,
      batchesPerHour: settings.integer('APP_BATCHES_PER_HOUR', 0, 0, 1_000_000_000) || undefined,
      storedBytes: settings.integer('APP_MAX_STORED_BYTES', 0, 0, 2 ** 40) || undefined,
    },
    mcp: {
      access: settings.choice('MCP_ACCESS', 'key', MCP_ACCESS),
      catalog: settings.flag('MCP_CATALOG', true),
    },
    console: {
      enabled: settings.flag('CONSOLE', true),
      sessionSeconds: settings.integer('CONSOLE_SESSION_MAX', 43_200, 300, 2_592_000),
      sessionIdleSeconds: settings.integer('CONSOLE_SESSION_IDLE', 3600, 300, 2_592_000),
      allowHttp: settings.flag('CONSOLE_ALLOW_HTTP', !production),
    },
    healthChecks: {
      timeoutSeconds: settings.integer('HEALTH_CHECK_TIMEOUT', 10, 1, 300),
      intervalSeconds: settings.integer('HEALTH_CHECK_INTERVAL', 300, 1, 86_400),
      maxConsecutiveFailures: settings.integer('MAX_CONSECUTIVE_FAILURES', 3, 1, 100),
      maxConsecutiveSuccesses: settings.integer('MAX_CONSECUTIVE_SUCCESSES', 2, 1, 100),
    },
    rateLimit: rateLimit(settings),
    egress: { ...egressRules(settings), loopbackClosed: production },
    healthLogRetentionDays: settings.integer('HEALTH_LOG_RETENTION_DAYS', 30, 1, 400),
    // 0 is how one says "for ever".
    auditRetentionDays: settings.integer('AUDIT_RETENTION_DAYS', 0, 0, 36_500) || undefined,
    auditMaxBytesPerHour: settings.integer('AUDIT_MAX_BYTES_PER_HOUR', 64 * MEBIBYTE, MEBIBYTE, 2 ** 40),
    secrets: await loadSecrets(settings, { production, dataDir }),
  };
}

/**
 * The settings of the database alone, for what works on it without being the service.
 *
 * @throws ConfigError
 */
export function loadDatabaseConfig(environment: Environment): DatabaseConfig {
  return database(new SettingsReader(environment), 1);
}

/**
 * `SECRET_KEY` alone, as it is given; nothing is made where it is missing.
 *
 * @throws ConfigError
 */
export function givenSecretKeys(environment: Environment): SecretList | undefined {
  return new SettingsReader(environment).secrets('SECRET_KEY');
}

function batch(settings: SettingsReader): BatchLimits {
  const maxBytes = settings.integer('BATCH_MAX_BYTES', 10 * MEBIBYTE, 1024, 100 * MEBIBYTE);
  return {
    maxEndpoints: settings.integer('BATCH_MAX_ENDPOINTS', 5000, 1, 100_000),
    maxBytes,
    bodiesMaxBytes: settings.integer('BODIES_MAX_BYTES', 4 * maxBytes, maxBytes, 4096 * MEBIBYTE),
  };
}

function rateLimit(settings: SettingsReader): RateLimit | undefined {
  const enabled = settings.flag('RATE_LIMIT_ENABLED', true);
  const limit = {
    max: settings.integer('RATE_LIMIT_MAX', 30_000, 1, 1_000_000_000),
    windowSeconds: settings.integer('RATE_LIMIT_WINDOW', 60, 1, 86_400),
  };
  return enabled ? limit : undefined;
}

function lifetimeLimit(
  settings: SettingsReader,
  setting: LifetimeLimit['setting'],
): LifetimeLimit | undefined {
  if (settings.text(setting) === undefined) return undefined;
  return { days: settings.integer(setting, MAX_LIFETIME_DAYS, 1, MAX_LIFETIME_DAYS), setting };
}

function logLevel(settings: SettingsReader): LogLevel {
  const level = settings.choice('LOG_LEVEL', 'info', [...LOG_LEVELS, 'warn']);
  return level === 'warn' ? 'warning' : level;
}

function metricsPort(settings: SettingsReader): number | undefined {
  const value = settings.text('METRICS_PORT');
  if (value === undefined) return undefined;
  const port = settings.integer('METRICS_PORT', 0, 0, 65_535);
  if (port !== 0 && port === settings.integer('PORT', DEFAULT_PORT, 0, 65_535)) {
    throw settings.invalid('METRICS_PORT', value, 'another port than PORT');
  }
  return port;
}

function tls(settings: SettingsReader): TlsFiles | undefined {
  const path = (name: string): string | undefined => {
    const value = settings.text(name);
    return value === undefined ? undefined : resolve(value);
  };
  const certFile = path('TLS_CERT_FILE');
  const keyFile = path('TLS_KEY_FILE');
  const clientCaFile = path('TLS_CLIENT_CA_FILE');
  if (certFile !== undefined && keyFile !== undefined) {
    const files = { certFile, keyFile, clientCaFile };
    // Read here only to refuse at once what cannot be used.
    tlsMaterial(readTlsTexts(files), files);
    return files;
  }
  if (certFile !== undefined) throw new ConfigError('TLS_CERT_FILE is set without TLS_KEY_FILE');
  if (keyFile !== undefined) throw new ConfigError('TLS_KEY_FILE is set without TLS_CERT_FILE');
  if (clientCaFile !== undefined) {
    throw new ConfigError(
      'TLS_CLIENT_CA_FILE is set without TLS_CERT_FILE and TLS_KEY_FILE: certificates of operators are seen only where TLS ends',
    );
  }
  return undefined;
}

function basePath(settings: SettingsReader): string {
  const value = settings.text('BASE_PATH') ?? '';
  const path = value.replace(/^\/*/, '/').replace(/\/+$/, '');
  if (!/^(\/[A-Za-z0-9._~-]+)*$/.test(path)) {
    throw settings.invalid('BASE_PATH', value, 'a path such as /api/registry');
  }
  return path;
}

function trustProxy(settings: SettingsReader): boolean | number | string[] {
  const value = settings.text('TRUST_PROXY');
  if (value === undefined) return false;
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const ranges = settings.list('TRUST_PROXY');
  const named = ['loopback', 'linklocal', 'uniquelocal'];
  if (!ranges.every((range) => named.includes(range) || isAddressRange(range))) {
    throw settings.invalid(
      'TRUST_PROXY',
      value,
      'true, false, a number of proxies, or a list of addresses and CIDR ranges such as 10.0.0.0/8',
    );
  }
  return ranges;
}

function isAddressRange(range: string): boolean {
  const [address = '', prefix, ...rest] = range.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
  // A range of all addresses is TRUST_PROXY=true.
  return bits >= 1 && bits <= (version === 4 ? 32 : 128);
}

function allowedHosts(settings: SettingsReader): string[] | undefined {
  const entries = settings.list('ALLOWED_HOSTS');
  const hosts = entries.map((entry) => {
    const host = entry === '*' ? entry : allowedHost(entry);
    if (host !== undefined) return host;
    throw settings.invalid(
      'ALLOWED_HOSTS',
      entry,
      '* or host names, *.example.com and addresses, without ports',
    );
  });
  return hosts.length === 0 || hosts.includes('*') ? undefined : hosts;
}

/** ALLOWED_ORIGINS is the name that the reference registry has for it. */
function corsSetting(settings: SettingsReader): 'CORS_ORIGINS' | 'ALLOWED_ORIGINS' {
  if (settings.text('ALLOWED_ORIGINS') === undefined) return 'CORS_ORIGINS';
  if (settings.text('CORS_ORIGINS') === undefined) return 'ALLOWED_ORIGINS';
  throw new ConfigError('CORS_ORIGINS and ALLOWED_ORIGINS are both set; set one of them');
}

function corsOrigins(settings: SettingsReader): string[] {
  const name = corsSetting(settings);
  const origins = settings.list(name);
  for (const origin of origins) {
    // As browsers send it: in lower case, without the port that the scheme implies. Another one would never be met.
    if (origin !== '*' && httpUrl(origin)?.origin !== origin) {
      throw settings.invalid(name, origin, '* or origins such as https://console.example.com');
    }
  }
  return origins;
}

function applicationUpdateEnvironments(settings: SettingsReader): string[] {
  const names = settings.list('APP_UPDATE_ENVIRONMENTS');
  for (const name of names) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
      throw settings.invalid(
        'APP_UPDATE_ENVIRONMENTS',
        name,
        'names of environments, separated by commas, such as production,staging',
      );
    }
  }
  return names;
}

function egressRules(settings: SettingsReader): Pick<EgressSettings, 'allow' | 'deny'> {
  const read = (name: string): string[] => {
    const entries = settings.list(name);
    const wrong = entries.find((entry) => parseEgressRule(entry) === undefined);
    if (wrong !== undefined) {
      throw settings.invalid(
        name,
        wrong,
        'addresses, CIDR ranges such as 10.0.0.0/8 (no bits beyond the prefix), host names, and *.example.com',
      );
    }
    return entries;
  };
  const [allow, deny] = [read('EGRESS_ALLOW'), read('EGRESS_DENY')];
  for (const entry of allow) {
    const rule = parseEgressRule(entry);
    const reason = rule && reasonAgainstRule(rule);
    if (reason !== undefined) {
      throw settings.invalid('EGRESS_ALLOW', entry, `nothing that is always forbidden: it is ${reason}`);
    }
  }
  return { allow, deny };
}

function database(settings: SettingsReader, workers: number): DatabaseConfig {
  const maxConnections = settings.integer('MAX_CONNECTIONS', DEFAULT_MAX_CONNECTIONS, 2, 1000);
  const connectTimeoutSeconds = settings.integer('DATABASE_CONNECT_TIMEOUT', 60, 0, 3600);
  const directUrl = connectionUrl(settings, 'DATABASE_DIRECT_URL')?.href;
  const url = connectionUrl(settings, 'DATABASE_URL');
  if (url === undefined && directUrl !== undefined) {
    throw new ConfigError('DATABASE_DIRECT_URL is set without DATABASE_URL');
  }
  const poolSize = url && takePoolParameter(url, 'pool_size');
  const maxOverflow = (url && takePoolParameter(url, 'max_overflow')) ?? 0;
  const bound = Math.min(poolSize === undefined ? maxConnections : poolSize + maxOverflow, maxConnections);
  if (bound < workers * LEAST_CONNECTIONS_OF_A_WORKER) {
    throw settings.invalid(
      'WORKERS',
      String(workers),
      `at most ${Math.floor(bound / LEAST_CONNECTIONS_OF_A_WORKER)} with ${bound} database connections ` +
        `(MAX_CONNECTIONS, or pool_size and max_overflow in DATABASE_URL): each worker needs ` +
        String(LEAST_CONNECTIONS_OF_A_WORKER),
    );
  }
  return { url: url?.href, directUrl, maxConnections: bound, connectTimeoutSeconds };
}

/** A URL that can be connected to, as far as one can tell without trying. */
function connectionUrl(settings: SettingsReader, name: string): URL | undefined {
  const url = settings.postgresUrl(name);
  if (url === undefined) return undefined;
  try {
    parseConnectionUrl(url.href);
    return url;
  } catch (error) {
    if (error instanceof ConnectionUrlError) throw new ConfigError(`${name} ${error.message}`);
    throw error;
  }
}

/** `pool_size` and `max_overflow` are the registry's own: PostgreSQL would not know them. */
function takePoolParameter(url: URL, name: string): number | undefined {
  const value = url.searchParams.get(name);
  if (value === null) return undefined;
  const number = /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(number) || (name === 'pool_size' && number < 2)) {
    throw new ConfigError(
      `DATABASE_URL has ${name}=${value}; allowed is a whole number from ${name === 'pool_size' ? 2 : 0} to 9999`,
    );
  }
  url.searchParams.delete(name);
  return number;
}
