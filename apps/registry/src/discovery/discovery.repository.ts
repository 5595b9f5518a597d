import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { ENDPOINT_PROPERTIES } from '#libs/domain/endpoint.js';
import { GROUP_SEPARATOR, RECORD_SEPARATOR } from '#libs/json/json-sequence.js';
import type { BoundedText } from '#libs/memory/large-responses.js';
import type { Keyset } from '#libs/pagination/cursor.js';

/** An application of the list, and its place there. */
interface ListedApplication extends Keyset {
  /** A sequence for `EndpointsJson`. */
  readonly sequence: string;
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
  /** App keys; null: all. */
  readonly applications: readonly string[] | null;
}

/** An environment, and how its application is called. */
export interface EnvironmentSubject {
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
  'owner',
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

/** An environment with its endpoints, as entity tags name them. */
interface HashedEndpoints {
  /** The JSON of the environment. */
  readonly subject: string;
  /** SHA-256 of all that follows it in the sequence. */
  readonly setHash: Buffer;
}

/** A {@link BoundedText} of a text, made once. */
const sized = (text: string, maxBytes: string): string => `
  octet_length(${text}) AS "bytes", CASE WHEN octet_length(${text}) <= ${maxBytes} THEN ${text} END AS "text"`;

/** Names and schemas of the definitions that an environment shares, as a sequence; NULL when there are none. */
const definitionSequence = (environmentId: string): string => `(
  SELECT string_agg(d."name" || '${RECORD_SEPARATOR}' || d."schema"::text, '${RECORD_SEPARATOR}' ORDER BY d."name")
  FROM "Definition" d WHERE d."environmentId" = ${environmentId})`;

/**
 * A sequence: this object, the number of records with endpoints of environment `e`, these by path and method, then its
 * definitions. Only endpoints that share definitions have a record each; others are one, ready to be sent.
 */
const withEndpoints = (select: string): string => `(
  SELECT concat_ws('${RECORD_SEPARATOR}', ${object(select)}::text,
    CASE WHEN s."definitions" IS NULL THEN least(l."count", 1) ELSE l."count" END::text, l."endpoints", s."definitions")
  FROM (SELECT ${definitionSequence('e."id"')} AS "definitions" OFFSET 0) s CROSS JOIN LATERAL (
    SELECT count(*) AS "count",
           string_agg(row_to_json(o)::text, CASE WHEN s."definitions" IS NULL THEN ',' ELSE '${RECORD_SEPARATOR}' END
             ORDER BY o."path", o."method") AS "endpoints"
    FROM (SELECT p."id", e."applicationId", ${columns('p', ENDPOINT)} FROM "Endpoint" p WHERE p."environmentId" = e."id") o) l)`;

/** The sequence of environment $2 of application $1; NULL when the application has none of that name. */
const ENDPOINTS = `
  SELECT CASE WHEN e."id" IS NOT NULL THEN ${withEndpoints(
    `${object(columns('e', ENVIRONMENT))} AS "environment"`,
  )} END AS "sequence"
  FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $2
  WHERE a."appKey" = $1 OFFSET 0`;

/** Of the application that follows a place in the list. */
const nextApplication = (select: string, createdAt: string, id: string): string => `
  SELECT ${select}
  FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $1
  WHERE (a."createdAt", a."id") > (${createdAt}, ${id}) AND ($5::text IS NULL OR e."healthStatus" = $5)
    AND ($7::text[] IS NULL OR a."appKey" = ANY($7))
  ORDER BY a."createdAt", a."id" LIMIT 1`;

/** The pointer of environment `e`, as {@link EnvironmentSecurityResponse}. */
const SECURITY = `e."security" || jsonb_build_object('environmentId', e."id") AS "security"`;

const LISTED = `a."createdAt", a."id", ${withEndpoints(
  `${columns('a', APPLICATION)}, a."owner" AS "userId", ${object(`${columns('e', ENVIRONMENT)}, ${SECURITY}, e."customPrompt"`)} AS "environment"`,
)} AS "sequence"`;

/** One application after the other, so that PostgreSQL makes the JSON of none that is left out. */
const APPLICATIONS = `
  WITH RECURSIVE listed AS (
    SELECT first.*, 1 AS "position", octet_length(first."sequence")::bigint AS "bytes"
    FROM (${nextApplication(LISTED, '$2::timestamptz', '$3::text')}) first
    UNION ALL
    SELECT next.*, listed."position" + 1, listed."bytes" + octet_length(next."sequence")
    FROM listed CROSS JOIN LATERAL (${nextApplication(LISTED, 'listed."createdAt"', 'listed."id"')}) next
    WHERE listed."position" < $4::integer AND listed."bytes" < $6::bigint
  )
  SELECT "id", "createdAt", "sequence",
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
   * An environment with its endpoints and the definitions that they share, as a sequence for `EndpointsJson` of at
   * most `maxBytes`. `undefined`: no such application. `null`: it has no such environment.
   */
  async endpoints(
    appKey: string,
    environment: string,
    maxBytes: number,
  ): Promise<BoundedText | null | undefined> {
    const [row] = await this.database.query<BoundedText | { readonly bytes: null }>(
      `SELECT ${sized('"sequence"', '$3')} FROM (${ENDPOINTS}) found`,
      [appKey, environment, maxBytes],
    );
    return row?.bytes === null ? null : row;
  }

  /** The hash of {@link endpoints}, of any size: the text stays in the database. */
  async endpointsHash(appKey: string, environment: string): Promise<HashedEndpoints | undefined> {
    const [row] = await this.database.query<HashedEndpoints>(
      `SELECT left("sequence", "end" - 1) AS "subject",
              sha256(convert_to(substr("sequence", "end" + 1), 'UTF8')) AS "setHash"
       FROM (SELECT "sequence", strpos("sequence", $3) AS "end" FROM (${ENDPOINTS}) found OFFSET 0) split
       WHERE "sequence" IS NOT NULL`,
      [appKey, environment, RECORD_SEPARATOR],
    );
    return row;
  }

  /** `undefined`: no such application. `null`: it has no such environment. */
  async environment(appKey: string, environment: string): Promise<EnvironmentSubject | null | undefined> {
    const [row] = await this.database.query<Omit<EnvironmentSubject, 'id'> & { readonly id: string | null }>(
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
   * sequence for `separatedTexts`. The definitions that they share follow as another one, if there are any. At most
   * `maxBytes` in all.
   */
  async registered(environmentId: string, maxBytes: number): Promise<BoundedText> {
    const [row] = await this.database.query<BoundedText>(
      `SELECT ${sized('"json"', '$2')} FROM (
         SELECT coalesce(string_agg(${object(columns('p', ENDPOINT_PROPERTIES))}::text, $3
           ORDER BY p."path" COLLATE "C", p."method" COLLATE "C"), '')
           || coalesce($4 || ${definitionSequence('$1')}, '') AS "json"
         FROM "Endpoint" p WHERE p."environmentId" = $1 OFFSET 0) found`,
      [environmentId, maxBytes, RECORD_SEPARATOR, GROUP_SEPARATOR],
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
        filter.applications,
      ],
    );
    return {
      applications: rows.map(({ hasMore: _, ...application }) => application),
      hasMore: rows.at(-1)?.hasMore === true,
    };
  }
}
