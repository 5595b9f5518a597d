import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { ENDPOINT_PROPERTIES } from '#libs/openapi/endpoint.js';
import type { Keyset } from '#libs/pagination/cursor.js';

/** An application of the list, and its place there. */
export interface ListedApplication extends Keyset {
  /** All of it, as JSON. */
  readonly json: string;
}

export interface ListFilter {
  readonly environment: string;
  readonly healthStatus: string | undefined;
}

/** An environment, and how its application is called. */
export interface DescribedEnvironment {
  readonly id: string;
  readonly name: string;
  readonly baseDomain: string | null;
  readonly applicationName: string;
  readonly applicationDescription: string | null;
}

/** A time as every answer has it: RFC 3339 in UTC, with milliseconds. */
const time = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const TIMES = ['createdAt', 'updatedAt', 'healthStatusChangedAt'];

/** The properties of the answers, in their order. */
const ENVIRONMENT = [
  'id',
  'name',
  'description',
  'baseDomain',
  'status',
  'healthStatus',
  'healthStatusChangedAt',
  'applicationId',
  'createdAt',
  'updatedAt',
];
const APPLICATION = [
  'id',
  'name',
  'description',
  'appKey',
  'status',
  'authenticationMethod',
  'healthCheckUrl',
  'healthStatus',
  'createdAt',
  'updatedAt',
];
const ENDPOINT = ['environmentId', ...ENDPOINT_PROPERTIES, 'createdAt', 'updatedAt'];

function columns(table: string, names: readonly string[]): string {
  return names
    .map((name) => {
      const column = `${table}."${name}"`;
      return `${TIMES.includes(name) ? time(column) : column} AS "${name}"`;
    })
    .join(', ');
}

/** An object of these properties. */
const object = (select: string): string => `(SELECT row_to_json(o) FROM (SELECT ${select}) o)`;

/** The endpoints of environment `e`, by path and method. */
const ENDPOINTS = `(
  SELECT COALESCE('[' || string_agg(row_to_json(o)::text, ',' ORDER BY o."path", o."method") || ']', '[]')::json
  FROM (SELECT p."id", e."applicationId", ${columns('p', ENDPOINT)} FROM "Endpoint" p WHERE p."environmentId" = e."id") o)`;

/**
 * Reads what agents ask for all day: plain statements over the tables of three features, no entities. PostgreSQL
 * writes the JSON itself; the service only passes it on.
 */
@Injectable()
export class DiscoveryRepository {
  constructor(private readonly database: Database) {}

  /** An environment with its endpoints, as JSON. `undefined`: no such application. `null`: it has no such environment. */
  async endpoints(appKey: string, environment: string): Promise<string | null | undefined> {
    const [row] = await this.database.query<{ json: string | null }>(
      `SELECT CASE WHEN e."id" IS NOT NULL THEN ${object(
        `${object(columns('e', ENVIRONMENT))} AS "environment", ${ENDPOINTS} AS "endpoints"`,
      )} END::text AS "json"
       FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $2
       WHERE a."appKey" = $1`,
      [appKey, environment],
    );
    return row?.json;
  }

  /** `undefined`: no such application. `null`: it has no such environment. */
  async environment(appKey: string, environment: string): Promise<DescribedEnvironment | null | undefined> {
    const [row] = await this.database.query<
      Omit<DescribedEnvironment, 'id'> & { readonly id: string | null }
    >(
      `SELECT e."id", e."name", e."baseDomain", a."name" AS "applicationName", a."description" AS "applicationDescription"
       FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $2
       WHERE a."appKey" = $1`,
      [appKey, environment],
    );
    if (row === undefined) return undefined;
    const { id, ...rest } = row;
    return id === null ? null : { id, ...rest };
  }

  /** The endpoints of an environment, each as JSON, by path and method in an order that no locale changes. */
  async registered(environmentId: string): Promise<string[]> {
    const rows = await this.database.query<{ json: string }>(
      `SELECT ${object(columns('p', ENDPOINT_PROPERTIES))}::text AS "json"
       FROM "Endpoint" p WHERE p."environmentId" = $1
       ORDER BY p."path" COLLATE "C", p."method" COLLATE "C"`,
      [environmentId],
    );
    return rows.map(({ json }) => json);
  }

  /** Applications that have the environment, oldest first. */
  async applications(
    { environment, healthStatus }: ListFilter,
    after: Keyset | undefined,
    limit: number,
  ): Promise<ListedApplication[]> {
    return this.database.query<ListedApplication>(
      `SELECT a."id", a."createdAt", ${object(
        `${columns('a', APPLICATION)}, ${object(
          `${columns('e', ENVIRONMENT)}, NULL AS "security"`,
        )} AS "environment", ${ENDPOINTS} AS "endpoints"`,
      )}::text AS "json"
       FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $1
       WHERE ($2::timestamptz IS NULL OR (a."createdAt", a."id") > ($2, $3))
         AND ($5::text IS NULL OR e."healthStatus" = $5)
       ORDER BY a."createdAt", a."id" LIMIT $4`,
      [environment, after?.createdAt ?? null, after?.id ?? null, limit, healthStatus ?? null],
    );
  }
}
