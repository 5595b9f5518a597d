import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { HealthStatus, Status } from '#libs/domain/status.js';
import { ACCEPTED_KEY } from '#libs/key-lifetime/accepted-key.js';

/** An application, with one of its environments where it has any; times in milliseconds since 1970. */
export interface OverviewRow {
  readonly appKey: string;
  readonly name: string;
  readonly status: Status;
  readonly health: HealthStatus;
  /** Orders the list. */
  readonly createdAt: number;
  readonly id: string;
  /** null: the application has no environment. */
  readonly environmentId: string | null;
  readonly environment: string;
  readonly environmentStatus: Status;
  readonly environmentHealth: HealthStatus;
  readonly changedAt: number | null;
  readonly checkedAt: number | null;
  /** null: it was not probed where it leads now. */
  readonly probedAt: number | null;
  readonly failures: number;
  readonly successes: number;
  readonly endpoints: number;
  /** Keys that are accepted. */
  readonly keys: number;
  readonly soonestKeyExpiry: number | null;
}

/** Milliseconds since 1970: reading thousands of times as text would take longer than the statement. */
const time = (column: string): string => `extract(epoch FROM ${column})::double precision * 1000`;

const KEYS = `count(*)::integer AS "keys", ${time('min("expiresAt")')} AS "soonestKeyExpiry"`;

/** The counts of each environment, joined to `e`: for all of them at once, or for each of a few. */
const COUNTS_OF_ALL = `
  LEFT JOIN (SELECT "environmentId", count(*)::integer AS "endpoints" FROM "Endpoint" GROUP BY 1) p ON p."environmentId" = e."id"
  LEFT JOIN (SELECT "environmentId", ${KEYS} FROM "ApiKey" WHERE ${ACCEPTED_KEY} GROUP BY 1) k ON k."environmentId" = e."id"`;
const COUNTS_OF_EACH = `
  LEFT JOIN LATERAL (SELECT count(*)::integer AS "endpoints" FROM "Endpoint" WHERE "environmentId" = e."id") p ON true
  LEFT JOIN LATERAL (SELECT ${KEYS} FROM "ApiKey" WHERE "environmentId" = e."id" AND ${ACCEPTED_KEY}) k ON true`;

const rowsWith = (counts: string, condition: string): string => `
  SELECT a."appKey", a."name", a."status", a."healthStatus" AS "health", ${time('a."createdAt"')} AS "createdAt", a."id",
         e."id" AS "environmentId", e."name" AS "environment", e."status" AS "environmentStatus",
         e."healthStatus" AS "environmentHealth", ${time('e."healthStatusChangedAt"')} AS "changedAt",
         ${time('e."lastHealthCheckAt"')} AS "checkedAt", ${time('t."checkedAt"')} AS "probedAt",
         t."consecutiveFailures" AS "failures", t."consecutiveSuccesses" AS "successes",
         coalesce(p."endpoints", 0) AS "endpoints", coalesce(k."keys", 0) AS "keys", k."soonestKeyExpiry"
  FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id"
  LEFT JOIN "HealthTarget" t ON t."id" = e."id" ${counts}
  ${condition}
  ORDER BY a."createdAt", a."id", e."createdAt", e."id"`;

const ALL = rowsWith(COUNTS_OF_ALL, '');
const OF_APPLICATIONS = rowsWith(COUNTS_OF_EACH, 'WHERE a."appKey" = ANY($1)');

@Injectable()
export class OverviewRepository {
  constructor(private readonly database: Database) {}

  /** @param appKeys undefined: all */
  rows(appKeys: readonly string[] | undefined): Promise<OverviewRow[]> {
    return appKeys === undefined
      ? this.database.query<OverviewRow>(ALL)
      : this.database.query<OverviewRow>(OF_APPLICATIONS, [appKeys]);
  }
}
