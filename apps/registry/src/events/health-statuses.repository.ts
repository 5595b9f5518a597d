import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { HealthStatus } from '#libs/domain/status.js';

/** The health of an environment, or that an application has none. */
export interface StatusRow {
  readonly appKey: string;
  /** null: the application has no environment. */
  readonly environment: string | null;
  readonly health: HealthStatus;
}

const STATUSES = (condition: string): string => `
  SELECT a."appKey", e."name" AS "environment", e."healthStatus" AS "health"
  FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id" ${condition}`;

@Injectable()
export class HealthStatusesRepository {
  constructor(private readonly database: Database) {}

  /** @param appKeys undefined: of all applications */
  statuses(appKeys: readonly string[] | undefined): Promise<StatusRow[]> {
    // A change is told within the transaction that has made it, which has ended by now.
    return this.database.outsideTransaction(() =>
      appKeys === undefined
        ? this.database.query<StatusRow>(STATUSES(''))
        : this.database.query<StatusRow>(STATUSES('WHERE a."appKey" = ANY($1)'), [appKeys]),
    );
  }
}
