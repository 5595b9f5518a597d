import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
import type { HealthStatus } from '#libs/domain/status.js';
import type { HealthState } from './health-state.js';
import type { ProbeAddress } from './probe-url.js';

/** A target with all it takes to probe it. */
export interface ProbeTarget extends ProbeAddress {
  readonly targetId: string;
  readonly applicationId: string;
  /** The lease under which it is probed; null for a check on request. */
  readonly lease: string | null;
}

/** A target that is to be probed now, and how well the schedule was kept. */
export interface DueTarget extends ProbeTarget {
  /** Seconds since it was due. */
  readonly lateness: number;
  /** Seconds since it was checked before; null when it never was. */
  readonly sinceLastCheck: number | null;
}

/** A target of one application. */
export interface NamedTarget extends ProbeTarget {
  readonly environment: string | null;
}

export interface LeaseOptions {
  /** How many targets at most. */
  readonly limit: number;
  /** Duration of the lease. */
  readonly leaseSeconds: number;
  /** Between the last probe of a target and the first after a change. */
  readonly paceSeconds: number;
}

/** A locked target with its state and the shown statuses. */
export interface LockedTarget extends HealthState {
  readonly targetId: string;
  readonly applicationId: string;
  readonly appKey: string;
  readonly environmentId: string | null;
  readonly environment: string | null;
  readonly checkedAt: Date | null;
  readonly claimedBy: string | null;
  /** As shown by its environment or, for the target that is the application itself, by the application. */
  readonly shown: HealthStatus;
}

/** What to write of a target after a check. */
export interface CheckedTarget extends HealthState {
  readonly targetId: string;
  /** null: there was nothing to probe. */
  readonly checkedAt: Date | null;
  /** Whether its due time advances and its lease ends. */
  readonly scheduled: boolean;
}

/** An application whose status is the worst of its environments', before and after. */
export interface DerivedStatus {
  readonly applicationId: string;
  readonly appKey: string;
  readonly before: HealthStatus;
  readonly after: HealthStatus;
}

/** Whether to wait for locked rows, or to leave them for later. */
export type LockWait = 'wait' | 'skip';

const ADDRESS = `t."id" AS "targetId", t."applicationId", t."environmentId", t."claimedBy" AS "lease", e."baseDomain"`;
const WITH_ADDRESS = `JOIN "Application" a ON a."id" = t."applicationId"
       LEFT JOIN "Environment" e ON e."id" = t."environmentId"`;

/** The checked targets of parameter $1 as rows. */
const CHECKED = `json_to_recordset($1::json) AS c("targetId" text, "checkedAt" timestamptz, "scheduled" boolean,
         "healthStatus" text, "consecutiveFailures" integer, "consecutiveSuccesses" integer)`;

const WORST_STATUS = `CASE WHEN bool_or(t."healthStatus" = 'INACTIVE') THEN 'INACTIVE'
         WHEN bool_and(t."healthStatus" = 'ACTIVE') THEN 'ACTIVE' ELSE 'UNKNOWN' END`;

/** The schedule, kept in the database so that any number of replicas share it, and what checks change there. */
@Injectable()
export class HealthTargetsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Spreads targets over one interval that are overdue by more than a round, or that had a longer interval.
   */
  async spread(intervalSeconds: number): Promise<void> {
    await this.database.query(
      `UPDATE "HealthTarget" SET "dueAt" = now() + random() * make_interval(secs => $1)
       WHERE "dueAt" < now() - make_interval(secs => $1) OR "dueAt" > now() + make_interval(secs => $1)`,
      [intervalSeconds],
    );
  }

  /** Seeds the status of unchecked targets from their application or environment. */
  async seedStatuses(targetIds: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE "HealthTarget" t
       SET "healthStatus" = s."healthStatus", "checkedAt" = s."lastHealthCheckAt",
           "consecutiveFailures" = s."failures", "consecutiveSuccesses" = s."successes"
       FROM (
         SELECT "id", "healthStatus", "lastHealthCheckAt", "consecutiveFailures" AS "failures",
                "consecutiveSuccesses" AS "successes"
         FROM "Application" WHERE "id" = ANY($1::text[])
         UNION ALL
         SELECT "id", "healthStatus", "lastHealthCheckAt", 0, 0 FROM "Environment" WHERE "id" = ANY($1::text[])
       ) s
       WHERE s."id" = t."id" AND t."checkedAt" IS NULL AND s."lastHealthCheckAt" IS NOT NULL`,
      [targetIds],
    );
  }

  /**
   * Takes targets that are due, the longest waiting first, for `leaseSeconds`. A target that was changed is due no
   * sooner than `paceSeconds` after its last probe, wherever that one led. Those of INACTIVE applications have no URL.
   */
  async lease({ limit, leaseSeconds, paceSeconds }: LeaseOptions): Promise<DueTarget[]> {
    return this.database.query<DueTarget>(
      `WITH due AS (
         SELECT "id", CASE WHEN "checkedAt" IS NULL THEN "probedAt" + make_interval(secs => $4) END AS "paced"
         FROM "HealthTarget"
         WHERE "dueAt" <= now() AND ("claimedUntil" IS NULL OR "claimedUntil" <= now())
           AND ("checkedAt" IS NOT NULL OR "probedAt" IS NULL OR "probedAt" <= now() - make_interval(secs => $4))
         ORDER BY "dueAt" LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
       ), t AS (
         UPDATE "HealthTarget" t
         SET "claimedBy" = $2, "claimedUntil" = now() + make_interval(secs => $3), "probedAt" = now()
         FROM due WHERE t."id" = due."id" RETURNING t.*, due."paced"
       )
       SELECT ${ADDRESS}, CASE WHEN a."status" = 'ACTIVE' THEN a."healthCheckUrl" END AS "healthCheckUrl",
              extract(epoch FROM now() - GREATEST(t."dueAt", t."paced"))::double precision AS "lateness",
              extract(epoch FROM now() - t."checkedAt")::double precision AS "sinceLastCheck"
       FROM t ${WITH_ADDRESS}`,
      [limit, newId(), leaseSeconds, paceSeconds],
    );
  }

  /** Releases leases, so that other processes may probe the targets. */
  async release(leases: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE "HealthTarget" SET "claimedBy" = NULL, "claimedUntil" = NULL, "probedAt" = NULL
       WHERE "claimedBy" = ANY($1)`,
      [leases],
    );
  }

  /** All targets of an application, its own first, for a check beside the schedule. */
  async ofApplication(applicationId: string): Promise<NamedTarget[]> {
    const targets = await this.database.query<NamedTarget>(
      `SELECT ${ADDRESS}, a."healthCheckUrl", e."name" AS "environment" FROM "HealthTarget" t ${WITH_ADDRESS}
       WHERE t."applicationId" = $1
       ORDER BY t."environmentId" IS NOT NULL, e."createdAt", e."id"`,
      [applicationId],
    );
    return targets.map((target) => ({ ...target, lease: null }));
  }

  /** The targets, locked downwards with their applications and environments until the transaction ends. */
  async lock(targets: readonly ProbeTarget[], patience: LockWait): Promise<LockedTarget[]> {
    const applicationIds = [...new Set(targets.map(({ applicationId }) => applicationId))];
    const environmentIds = targets.flatMap(({ environmentId }) => environmentId ?? []);
    const strength = patience === 'skip' ? 'FOR NO KEY UPDATE SKIP LOCKED' : 'FOR NO KEY UPDATE';
    const applications = await this.database.query<{ id: string; appKey: string; shown: HealthStatus }>(
      `SELECT "id", "appKey", "healthStatus" AS "shown" FROM "Application"
       WHERE "id" = ANY($1) ORDER BY "id" ${strength}`,
      [applicationIds],
    );
    const environments = await this.database.query<{ id: string; name: string; shown: HealthStatus }>(
      `SELECT "id", "name", "healthStatus" AS "shown" FROM "Environment"
       WHERE "id" = ANY($1) ORDER BY "createdAt", "id" ${strength}`,
      [environmentIds],
    );
    const rows = await this.database.query<Omit<LockedTarget, 'appKey' | 'environment' | 'shown'>>(
      `SELECT "id" AS "targetId", "applicationId", "environmentId", "checkedAt", "claimedBy",
              "healthStatus", "consecutiveFailures", "consecutiveSuccesses"
       FROM "HealthTarget"
       WHERE "id" = ANY($1) AND "applicationId" = ANY($2) AND ("environmentId" IS NULL OR "environmentId" = ANY($3))
       ORDER BY "id" ${strength}`,
      [
        targets.map(({ targetId }) => targetId),
        applications.map(({ id }) => id),
        environments.map(({ id }) => id),
      ],
    );
    const applicationOf = new Map(applications.map((each) => [each.id, each]));
    const environmentOf = new Map(environments.map((each) => [each.id, each]));
    return rows.flatMap((row) => {
      const application = applicationOf.get(row.applicationId);
      const environment = row.environmentId === null ? undefined : environmentOf.get(row.environmentId);
      if (application === undefined) return [];
      const { shown } = environment ?? application;
      return [{ ...row, appKey: application.appKey, environment: environment?.name ?? null, shown }];
    });
  }

  /** The leases that are still held: their targets were locked by another transaction. */
  async heldLeases(leases: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT "id" FROM "HealthTarget" WHERE "claimedBy" = ANY($1)`,
      [leases],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Writes the results of checks. A target keeps its place in the round; after its first check it gets a random
   * one, so that targets registered together are not probed together.
   */
  async save(checked: readonly CheckedTarget[], intervalSeconds: number): Promise<void> {
    await this.database.query(
      `UPDATE "HealthTarget" t
       SET "healthStatus" = c."healthStatus", "consecutiveFailures" = c."consecutiveFailures",
           "consecutiveSuccesses" = c."consecutiveSuccesses", "checkedAt" = c."checkedAt",
           "dueAt" = CASE
             WHEN NOT c."scheduled" THEN t."dueAt"
             WHEN c."checkedAt" IS NULL THEN NULL
             WHEN t."checkedAt" IS NULL THEN now() + random() * make_interval(secs => $2)
             ELSE t."dueAt" + make_interval(secs => $2) *
                  (1 + floor(extract(epoch FROM now() - t."dueAt")::double precision / $2::double precision))
           END,
           "claimedBy" = CASE WHEN c."scheduled" THEN NULL ELSE t."claimedBy" END,
           "claimedUntil" = CASE WHEN c."scheduled" THEN NULL ELSE t."claimedUntil" END
       FROM ${CHECKED} WHERE t."id" = c."targetId"`,
      [JSON.stringify(checked), intervalSeconds],
    );
  }

  /** Shows what checks found at environments, and at applications that are targets themselves. */
  async show(checked: readonly CheckedTarget[]): Promise<void> {
    await this.database.query(
      `UPDATE "Environment" e
       SET "lastHealthCheckAt" = COALESCE(c."checkedAt", e."lastHealthCheckAt"), "healthStatus" = c."healthStatus",
           "healthStatusChangedAt" = CASE WHEN e."healthStatus" <> c."healthStatus" THEN now() ELSE e."healthStatusChangedAt" END,
           "updatedAt" = CASE WHEN e."healthStatus" <> c."healthStatus" THEN now() ELSE e."updatedAt" END
       FROM ${CHECKED} WHERE e."id" = c."targetId"`,
      [JSON.stringify(checked)],
    );
    await this.database.query(
      `UPDATE "Application" a
       SET "lastHealthCheckAt" = c."checkedAt", "healthStatus" = c."healthStatus",
           "consecutiveFailures" = c."consecutiveFailures", "consecutiveSuccesses" = c."consecutiveSuccesses",
           "updatedAt" = CASE WHEN a."healthStatus" <> c."healthStatus" THEN now() ELSE a."updatedAt" END
       FROM ${CHECKED} WHERE a."id" = c."targetId" AND c."checkedAt" IS NOT NULL`,
      [JSON.stringify(checked)],
    );
  }

  /**
   * Shows at applications without an absolute URL the worst of their environments that are probed, and at those
   * without any, or INACTIVE, nothing.
   */
  async derive(applicationIds: readonly string[]): Promise<DerivedStatus[]> {
    return this.database.query<DerivedStatus>(
      `WITH worst AS (
         SELECT a."id", a."appKey", a."healthStatus" AS "before",
                CASE WHEN count(t."id") = 0 THEN 'UNKNOWN' ELSE ${WORST_STATUS} END AS "after",
                COALESCE(max(t."consecutiveFailures"), 0) AS "consecutiveFailures",
                COALESCE(min(t."consecutiveSuccesses"), 0) AS "consecutiveSuccesses",
                max(t."checkedAt") AS "checkedAt"
         FROM "Application" a
         LEFT JOIN ("HealthTarget" t JOIN "Environment" e ON e."id" = t."environmentId" AND e."baseDomain" IS NOT NULL)
           ON t."applicationId" = a."id" AND a."healthCheckUrl" IS NOT NULL AND a."status" = 'ACTIVE'
         WHERE a."id" = ANY($1) AND (COALESCE(a."healthCheckUrl", '/') LIKE '/%' OR a."status" = 'INACTIVE')
         GROUP BY a."id"
       ), shown AS (
       UPDATE "Application" a
       SET "healthStatus" = w."after", "consecutiveFailures" = w."consecutiveFailures",
           "consecutiveSuccesses" = w."consecutiveSuccesses",
           "lastHealthCheckAt" = COALESCE(w."checkedAt", a."lastHealthCheckAt"),
           "updatedAt" = CASE WHEN w."before" <> w."after" THEN now() ELSE a."updatedAt" END
       FROM worst w WHERE a."id" = w."id"
       RETURNING w."id" AS "applicationId", w."appKey", w."before", w."after"
       )
       SELECT * FROM shown`,
      [applicationIds],
    );
  }
}
