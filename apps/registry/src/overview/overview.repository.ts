import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { HealthStatus, Status } from '#libs/domain/status.js';

/** An application, with one of its environments where it has any. */
export interface OverviewRow {
  readonly appKey: string;
  readonly name: string;
  readonly status: Status;
  readonly health: HealthStatus;
  /** Orders the list. */
  readonly createdAt: Date;
  readonly id: string;
  /** null: the application has no environment. */
  readonly environmentId: string | null;
  readonly environment: string;
  readonly environmentStatus: Status;
  readonly environmentHealth: HealthStatus;
  readonly changedAt: Date | null;
  readonly checkedAt: Date | null;
  /** null: it was not probed where it leads now. */
  readonly probedAt: Date | null;
  readonly failures: number;
  readonly successes: number;
  readonly endpoints: number;
  /** Keys that are accepted. */
  readonly keys: number;
  readonly soonestKeyExpiry: Date | null;
}

const ROWS = (condition: string): string => `
  SELECT a."appKey", a."name", a."status", a."healthStatus" AS "health", a."createdAt", a."id",
         e."id" AS "environmentId", e."name" AS "environment", e."status" AS "environmentStatus",
         e."healthStatus" AS "environmentHealth", e."healthStatusChangedAt" AS "changedAt", e."lastHealthCheckAt" AS "checkedAt",
         t."checkedAt" AS "probedAt", t."consecutiveFailures" AS "failures", t."consecutiveSuccesses" AS "successes",
         (SELECT count(*)::integer FROM "Endpoint" p WHERE p."environmentId" = e."id") AS "endpoints",
         k."keys", k."soonestKeyExpiry"
  FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id"
  LEFT JOIN "HealthTarget" t ON t."id" = e."id"
  LEFT JOIN LATERAL (
    SELECT count(*)::integer AS "keys", min("expiresAt") AS "soonestKeyExpiry" FROM "ApiKey"
    WHERE "environmentId" = e."id" AND "isActive" AND ("expiresAt" IS NULL OR "expiresAt" > now())
  ) k ON true
  ${condition}
  ORDER BY a."createdAt", a."id", e."createdAt", e."id"`;

const ALL = ROWS('');
const OF_APPLICATIONS = ROWS('WHERE a."appKey" = ANY($1)');

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
