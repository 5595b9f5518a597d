import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { namedApplication } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';

/** An application as its health is shown. */
export interface MonitoredApplication {
  readonly id: string;
  readonly name: string;
  readonly appKey: string;
  readonly healthCheckUrl: string | null;
  readonly healthStatus: string;
  readonly lastHealthCheckAt: Date | null;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

export interface MonitoredEnvironment {
  readonly id: string;
  readonly name: string;
  readonly baseDomain: string | null;
  readonly healthStatus: string;
  readonly healthStatusChangedAt: Date | null;
  readonly lastHealthCheckAt: Date | null;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

/** Reads monitored applications: plain SQL over the tables of two other features, no entities. */
@Injectable()
export class HealthChecksRepository {
  constructor(private readonly database: Database) {}

  /** By id, app key or alias; an id that is another application's app key means the one whose id it is. */
  async application(idOrAppKey: string, bindings: Bindings): Promise<MonitoredApplication | undefined> {
    const [row] = await this.database.query<MonitoredApplication>(
      `SELECT "id", "name", "appKey", "healthCheckUrl", "healthStatus", "lastHealthCheckAt", "consecutiveFailures", "consecutiveSuccesses"
       FROM "Application" WHERE "id" = $1 OR "id" = ${namedApplication('$1')} ORDER BY "id" = $1 DESC LIMIT 1`,
      [idOrAppKey],
    );
    if (row === undefined || !bindings.includesApplication(row.appKey)) return undefined;
    if (bindings.telltaleEnvironments === null) return row;
    return (await this.environments(row.id, bindings)).length === 0 ? undefined : row;
  }

  /** Those an operator of these bindings sees, oldest first. */
  async environments(applicationId: string, { environments }: Bindings): Promise<MonitoredEnvironment[]> {
    return this.database.query<MonitoredEnvironment>(
      `SELECT e."id", e."name", e."baseDomain", e."healthStatus", e."healthStatusChangedAt", e."lastHealthCheckAt",
              t."consecutiveFailures", t."consecutiveSuccesses"
       FROM "Environment" e JOIN "HealthTarget" t ON t."id" = e."id"
       WHERE e."applicationId" = $1 AND ($2::text[] IS NULL OR e."name" = ANY($2)) ORDER BY e."createdAt", e."id"`,
      [applicationId, environments],
    );
  }
}
