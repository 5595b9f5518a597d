import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { RECORD_SEPARATOR } from '#libs/json/json-sequence.js';
import { ENDPOINT_PROPERTIES } from '#libs/openapi/endpoint.js';
import type { Keyset } from '#libs/pagination/cursor.js';

/** JSON that is read only when it is not too large. */
export interface SizedText {
  readonly bytes: number;
  /** null: it is larger than was asked for. */
  readonly text: string | null;
}

/** An application of the list, and its place there. */
interface ListedApplication extends Keyset {
  /** All of it, as JSON. */
  readonly json: string;
}

/** Applications that follow each other in the list. */
export interface ListedApplications {
  readonly applications: readonly ListedApplication[];
  /** Whether others follow. */
  readonly hasMore: boolean;
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

/** A {@link SizedText} of a text, made once. */
const sized = (text: string, maxBytes: string): string => `
  octet_length(${text}) AS "bytes", CASE WHEN octet_length(${text}) <= ${maxBytes} THEN ${text} END AS "text"`;

/** The endpoints of environment `e`, by path and method. */
const ENDPOINTS = `(
  SELECT COALESCE('[' || string_agg(row_to_json(o)::text, ',' ORDER BY o."path", o."method") || ']', '[]')::json
  FROM (SELECT p."id", e."applicationId", ${columns('p', ENDPOINT)} FROM "Endpoint" p WHERE p."environmentId" = e."id") o)`;

/** Of the application that follows a place in the list. */
const nextApplication = (select: string, createdAt: string, id: string): string => `
  SELECT ${select}
  FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $1
  WHERE (a."createdAt", a."id") > (${createdAt}, ${id}) AND ($5::text IS NULL OR e."healthStatus" = $5)
  ORDER BY a."createdAt", a."id" LIMIT 1`;

const LISTED = `a."createdAt", a."id", ${object(
  `${columns('a', APPLICATION)}, ${object(
    `${columns('e', ENVIRONMENT)}, NULL AS "security"`,
  )} AS "environment", ${ENDPOINTS} AS "endpoints"`,
)}::text AS "json"`;

/** One application after the other, so that PostgreSQL makes the JSON of none that is left out. */
const APPLICATIONS = `
  WITH RECURSIVE listed AS (
    SELECT first.*, 1 AS "position", octet_length(first."json")::bigint AS "bytes"
    FROM (${nextApplication(LISTED, '$2::timestamptz', '$3::text')}) first
    UNION ALL
    SELECT next.*, listed."position" + 1, listed."bytes" + octet_length(next."json")
    FROM listed CROSS JOIN LATERAL (${nextApplication(LISTED, 'listed."createdAt"', 'listed."id"')}) next
    WHERE listed."position" < $4::integer AND listed."bytes" < $6::bigint
  )
  SELECT "id", "createdAt", "json",
         CASE WHEN "position" = max("position") OVER () THEN EXISTS (
           ${nextApplication('1', 'listed."createdAt"', 'listed."id"')}) END AS "hasMore"
  FROM listed ORDER BY "position"`;

/**
 * Reads what agents ask for all day: plain statements over the tables of three features, no entities. PostgreSQL
 * writes the JSON itself; the service only passes it on.
 */
@Injectable()
export class DiscoveryRepository {
  constructor(private readonly database: Database) {}

  /**
   * An environment with its endpoints, as JSON of at most `maxBytes`. `undefined`: no such application. `null`: it has
   * no such environment.
   */
  async endpoints(
    appKey: string,
    environment: string,
    maxBytes: number,
  ): Promise<SizedText | null | undefined> {
    const [row] = await this.database.query<SizedText | { readonly bytes: null }>(
      `SELECT ${sized('"json"', '$3')} FROM (
         SELECT CASE WHEN e."id" IS NOT NULL THEN ${object(
           `${object(columns('e', ENVIRONMENT))} AS "environment", ${ENDPOINTS} AS "endpoints"`,
         )} END::text AS "json"
         FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $2
         WHERE a."appKey" = $1 OFFSET 0) found`,
      [appKey, environment, maxBytes],
    );
    return row?.bytes === null ? null : row;
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

  /**
   * The endpoints of an environment, by path and method in an order that no locale changes: the JSON of each, as a
   * sequence for `separatedTexts`, at most `maxBytes` in all.
   */
  async registered(environmentId: string, maxBytes: number): Promise<SizedText> {
    const [row] = await this.database.query<SizedText>(
      `SELECT ${sized('"json"', '$2')} FROM (
         SELECT coalesce(string_agg(${object(columns('p', ENDPOINT_PROPERTIES))}::text, $3
           ORDER BY p."path" COLLATE "C", p."method" COLLATE "C"), '') AS "json"
         FROM "Endpoint" p WHERE p."environmentId" = $1 OFFSET 0) found`,
      [environmentId, maxBytes, RECORD_SEPARATOR],
    );
    if (row === undefined) throw new Error('An aggregate without a row');
    return row;
  }

  /**
   * Applications that have the environment, oldest first: at most `limit`, and fewer when their JSON exceeds
   * `maxBytes`, the last of them by any amount.
   */
  async applications(
    filter: ListFilter,
    after: Keyset | undefined,
    { limit, maxBytes }: { readonly limit: number; readonly maxBytes: number },
  ): Promise<ListedApplications> {
    const rows = await this.database.query<ListedApplication & { readonly hasMore: boolean | null }>(
      APPLICATIONS,
      [
        filter.environment,
        after?.createdAt ?? '-infinity',
        after?.id ?? '',
        limit,
        filter.healthStatus ?? null,
        maxBytes,
      ],
    );
    return {
      applications: rows.map(({ hasMore: _, ...application }) => application),
      hasMore: rows.at(-1)?.hasMore === true,
    };
  }
}
