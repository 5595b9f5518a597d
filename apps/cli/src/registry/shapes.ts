/** Responses of the registry, as far as the command line shows them; `--json` writes all of it. */
export interface Application {
  readonly id: string;
  readonly appKey: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: string;
  readonly healthStatus: string;
  readonly healthCheckUrl: string | null;
  readonly authenticationMethod: string;
  readonly owner: string | null;
  readonly environments?: readonly Environment[];
}

export interface FormerAppKey {
  readonly appKey: string;
  readonly expiresAt: string;
}

export interface SingleApplication extends Application {
  /** Absent: the registry is of a version before. */
  readonly formerAppKeys?: readonly FormerAppKey[];
}

export interface RenamedApplication extends Application {
  /** The app key that it had; null: it means nothing any more. */
  readonly alias: FormerAppKey | null;
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly baseDomain: string | null;
  readonly status: string;
  readonly healthStatus: string;
}

/** An environment in the overview. */
export interface OverviewEnvironment {
  readonly name: string;
  readonly health: string;
  readonly changedAt: string | null;
  readonly uptime24h: number | null;
  /** Seconds. */
  readonly p95: number | null;
  /** A letter for each hour. */
  readonly hours: string | null;
  readonly endpoints: number;
  readonly keys: number;
}

/** Lists of equal length: the entries at an index are one environment. */
export interface Overview {
  readonly applications: readonly { readonly appKey: string }[];
  readonly environments: Readonly<Record<'application', readonly number[]>> & {
    readonly [Property in keyof OverviewEnvironment]: readonly OverviewEnvironment[Property][];
  };
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

/** A key of any environment. */
export interface ListedApiKey extends ApiKey {
  readonly appKey: string;
  readonly environment: string;
  readonly state: string;
}

export interface IssuedApiKey extends ApiKey {
  /** The secret. */
  readonly apiKey: string;
}

/** Up to where the audit trail is sealed. */
export interface AuditHead {
  readonly number: number;
  readonly hash: string;
  readonly sealedAt: string | null;
  readonly unsealed: number;
}

export interface Operator {
  readonly name: string;
  readonly kind: string;
  readonly role: string;
  readonly applications: readonly string[] | null;
  readonly environments: readonly string[] | null;
  readonly isActive: boolean;
  readonly createdBy: string;
}

interface OperatorKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface OperatorWithKeys extends Operator {
  readonly keys: readonly OperatorKey[];
}

export interface IssuedOperatorKey extends OperatorKey {
  /** The secret. */
  readonly key: string;
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
  readonly definitions?: Readonly<Record<string, unknown>>;
}

/** The counts of a batch, or of its dry run. */
export interface Registration {
  readonly message: string;
  /** In a dry run. */
  readonly changes?: readonly {
    readonly change: string;
    readonly method: string;
    readonly path: string;
    readonly fields?: readonly string[];
  }[];
  readonly warnings?: readonly RegistrationWarning[];
}

/** What the registry finds odd about a batch: `pointer` is a place in the batch. */
export interface RegistrationWarning {
  readonly pointer: string;
  readonly detail: string;
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

/** The figures of an hour or a day. */
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
  readonly operatorName: string | null;
  readonly appKey: string | null;
  readonly environment: string | null;
  readonly ipAddress: string | null;
}

/** What `GET /search` answers. */
export interface SearchAnswer {
  readonly hits: readonly {
    readonly application: string;
    readonly environment: string;
    readonly method: string;
    readonly path: string;
    readonly name: string;
    readonly score: number;
    readonly health: { readonly status: string };
  }[];
  readonly goodMatch: boolean;
  readonly suggestions: readonly string[];
}
