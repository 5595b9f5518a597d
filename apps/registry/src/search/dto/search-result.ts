import type { HealthStatus } from '#libs/domain/status.js';

/** How an environment is now, and was over the last 24 hours. */
export interface HitHealth {
  readonly status: HealthStatus;
  /** When the status became what it is; null: it never changed. */
  readonly since: string | null;
  /** 0 to 1; null without probes. */
  readonly uptime24h: number | null;
  /** Seconds, of the response times; null without answers. */
  readonly p95: number | null;
}

/** An endpoint that fits what was asked for. */
export interface EndpointHit {
  readonly id: string;
  /** App key. */
  readonly application: string;
  readonly environment: string;
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly description: string | null;
  /** 0 to 100, comparable between searches. */
  readonly score: number;
  /** The words of the question that matched, by field: `name: refund; path: payments`. */
  readonly why: string;
  readonly health: HitHealth;
  /** How the endpoint authenticates; `none`: it is public. */
  readonly auth: string;
  readonly deprecated: boolean;
}

/** An application that fits what was asked for. */
export interface ApplicationHit {
  /** App key. */
  readonly application: string;
  readonly name: string;
  readonly description: string | null;
  readonly environments: readonly string[];
}

export interface SearchResult {
  /** The best first. */
  readonly hits: readonly EndpointHit[];
  readonly applications: readonly ApplicationHit[];
  /** Whether a hit does what was asked for, as far as its words tell. */
  readonly goodMatch: boolean;
  /** Names nearest to the question, where nothing fits well. */
  readonly suggestions: readonly string[];
  /** Of the next page of hits; null: there is none. */
  readonly nextCursor: string | null;
}
