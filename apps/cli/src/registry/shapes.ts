/** What the registry answers, as far as the command line shows it; `--json` writes all there is. */
export interface Application {
  readonly id: string;
  readonly appKey: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: string;
  readonly healthStatus: string;
  readonly healthCheckUrl: string | null;
  readonly environments?: readonly Environment[];
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly baseDomain: string | null;
  readonly status: string;
  readonly healthStatus: string;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** null: an imported key. */
  readonly prefix: string | null;
  readonly isActive: boolean;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface IssuedApiKey extends ApiKey {
  /** The secret itself. */
  readonly apiKey: string;
}

interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly isPublic: boolean;
  readonly authType: string | null;
}

export interface Discovery {
  readonly environment: Environment;
  readonly endpoints: readonly Endpoint[];
}

/** What a batch has changed, or on a dry run would change. */
export interface Registration {
  readonly message: string;
  /** On a dry run. */
  readonly changes?: readonly {
    readonly change: string;
    readonly method: string;
    readonly path: string;
    readonly fields?: readonly string[];
  }[];
}

/** Uptimes are shares from 0 to 1, response times seconds; null where nothing was measured. */
interface Health {
  readonly name: string;
  readonly healthStatus: string;
  readonly lastHealthCheckAt: string | null;
  readonly uptime: Readonly<Record<'last24Hours' | 'last7Days' | 'last30Days' | 'last90Days', number | null>>;
  readonly responseTimeP95: number | null;
}

export interface ApplicationHealth extends Health {
  readonly environments: readonly Health[];
}

/** One health check. */
interface Check {
  readonly status: string;
  readonly statusCode: number | null;
  readonly responseTime: number | null;
  readonly message: string | null;
}

export interface CheckOutcome {
  readonly checks: readonly (Check & {
    /** null: the application itself. */
    readonly environment: string | null;
    readonly url: string;
    readonly healthStatus: string;
  })[];
}

export interface HealthCheckLog extends Check {
  readonly environmentId: string | null;
  readonly checkedAt: string;
}

/** What was measured in an hour or a day. */
export interface HealthPoint {
  readonly environmentId: string | null;
  readonly start: string;
  readonly probes: number;
  readonly failures: number;
  readonly errors: number;
  readonly uptime: number | null;
  readonly responseTimeP50: number | null;
  readonly responseTimeP95: number | null;
  readonly responseTimeMax: number | null;
}

export interface AuditEntry {
  readonly createdAt: string;
  readonly action: string;
  readonly actor: string;
  readonly appKey: string | null;
  readonly environment: string | null;
  readonly ipAddress: string | null;
}
