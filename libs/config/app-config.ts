import type { EgressSettings } from '#libs/egress/egress-policy.js';
import type { LifetimeLimit } from '#libs/key-lifetime/lifetime-limit.js';
import type { TlsFiles } from '#libs/tls/tls-files.js';

/** The whole configuration of one registry service: read once at the start, never changed afterwards. */
export abstract class AppConfig {
  abstract readonly production: boolean;
  /** How many processes serve requests; 1: one process does everything. */
  abstract readonly workers: number;
  abstract readonly shutdown: ShutdownConfig;
  abstract readonly http: HttpConfig;
  abstract readonly database: DatabaseConfig;
  /** Directory of the embedded database and of generated secrets. */
  abstract readonly dataDir: string;
  abstract readonly secrets: Secrets;
  abstract readonly logLevel: LogLevel;
  /** true: a line for each request. */
  abstract readonly logRequests: boolean;
  /** The address metrics are served on, to anyone who can reach it. */
  abstract readonly metricsHost: string;
  /** The port metrics are served on (0: a free port); absent: none are kept. */
  abstract readonly metricsPort: number | undefined;
  abstract readonly batch: BatchLimits;
  /** bcrypt cost of newly issued API keys (4 to 15). */
  abstract readonly bcryptCost: number;
  abstract readonly keyLimits: KeyLimits;
  /** true: `GET /endpoints` asks for the application's own key or the admin key. */
  abstract readonly endpointsRequireKey: boolean;
  /** Environments whose keys may change their application; empty: those of any. */
  abstract readonly applicationUpdateEnvironments: readonly string[];
  abstract readonly applicationQuotas: ApplicationQuotaConfig;
  abstract readonly mcp: McpConfig;
  abstract readonly console: ConsoleConfig;
  abstract readonly healthChecks: HealthCheckConfig;
  /** Absent when RATE_LIMIT_ENABLED is false. */
  abstract readonly rateLimit: RateLimit | undefined;
  /** Which hosts the service may reach on behalf of those who register. */
  abstract readonly egress: EgressSettings;
  /** For how many days single health checks are kept (1 to 400). */
  abstract readonly healthLogRetentionDays: number;
  /** For how many days the entries of the audit trail are kept (1 to 36500); undefined: for ever. */
  abstract readonly auditRetentionDays: number | undefined;
  /** Bytes of the audit trail that the changes of one application may take in an hour. */
  abstract readonly auditMaxBytesPerHour: number;
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** The service speaks HTTPS; absent: HTTP. */
  readonly tls: TlsFiles | undefined;
  /** Path prefix of every route: '' or '/api/registry' (never ends with a slash). */
  readonly basePath: string;
  /**
   * Trusted proxies, whose `X-Forwarded-For` counts: none, all, that many hops, or these addresses and CIDR
   * ranges.
   */
  readonly trustProxy: boolean | number | string[];
  /** Host names, addresses and `*.example.com` the service answers under, in lower case; absent: every host. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Origins allowed by CORS; empty: no CORS headers. `*` allows every origin. */
  readonly corsOrigins: readonly string[];
  /** For sending a whole request, and how long a client may let its answer lie. */
  readonly requestTimeoutSeconds: number;
  /** For which a connection is kept after an answer. */
  readonly keepAliveTimeoutSeconds: number;
}

export interface ShutdownConfig {
  /** For how long everything is still served once `/health/ready` says no. */
  readonly delaySeconds: number;
  /** For requests in flight, after the delay. */
  readonly timeoutSeconds: number;
}

export interface DatabaseConfig {
  /** Absent: the embedded PostgreSQL under the data directory. */
  readonly url: string | undefined;
  /** Where migrations run and changes are listened for when `url` leads to a transaction pooler such as PgBouncer. */
  readonly directUrl: string | undefined;
  /** Upper bound of all connections of all workers; each gets its share. */
  readonly maxConnections: number;
  /** For how long a start waits for a database that is not there yet; 0: not at all. */
  readonly connectTimeoutSeconds: number;
}

/** What one application may send and store; undefined: without limit. */
export interface ApplicationQuotaConfig {
  readonly requestsPerMinute: number | undefined;
  readonly batchesPerHour: number | undefined;
  /** Bytes that PostgreSQL takes for the endpoints and shared definitions of all its environments. */
  readonly storedBytes: number | undefined;
}

/** What the registry is to MCP clients. */
export interface McpConfig {
  /** Who may call `POST /mcp` and `GET /search`: callers with a key, or everybody. */
  readonly access: (typeof MCP_ACCESS)[number];
  /** Whether the catalogues that other software reads are served: `/v0.1/servers` and the server card. */
  readonly catalog: boolean;
}

export const MCP_ACCESS = ['key', 'public'] as const;

/** The console of operators in the browser, and their sessions. */
export interface ConsoleConfig {
  /** Whether `/console` is served. */
  readonly enabled: boolean;
  /** How long a session lasts at most. */
  readonly sessionSeconds: number;
  /** How long a session lasts without a request. */
  readonly sessionIdleSeconds: number;
  /** Whether console and sessions work over plain HTTP beyond the browser's own machine. */
  readonly allowHttp: boolean;
}

export interface HealthCheckConfig {
  /** For the whole exchange with a target. */
  readonly timeoutSeconds: number;
  /** Between two probes of a target. */
  readonly intervalSeconds: number;
  /** Failures in a row that make a target INACTIVE. */
  readonly maxConsecutiveFailures: number;
  /** Successes in a row that make a target ACTIVE. */
  readonly maxConsecutiveSuccesses: number;
}

export interface BatchLimits {
  readonly maxEndpoints: number;
  readonly maxBytes: number;
  /** For the bodies of all requests under way in one process, at least `maxBytes`; half of it for one application. */
  readonly bodiesMaxBytes: number;
}

/** How long new keys may be accepted; undefined: for ever. */
export interface KeyLimits {
  readonly apiKeys: LifetimeLimit | undefined;
  readonly operatorKeys: LifetimeLimit | undefined;
}

/** How many requests one network may send in each time window. */
export interface RateLimit {
  readonly max: number;
  readonly windowSeconds: number;
}

export interface Secrets {
  /** Keys of every keyed hash: the first one makes them, all of them recognise what they made. */
  readonly secretKeys: SecretList;
  /** Each of them opens what an admin key opens. */
  readonly adminKeys: SecretList;
  /** The file the admin key was generated into; absent when it came from the environment. */
  readonly adminKeyFile: string | undefined;
}

/** The present secret, and those it is taking the place of. */
export type SecretList = readonly [string, ...string[]];

export const LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
