import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { namedApplication } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';
import { ENDPOINT_PROPERTIES } from '#libs/domain/endpoint.js';
import type { HealthStatus } from '#libs/domain/status.js';

/** An endpoint, where it is, and how it is doing. */
export interface LocatedEndpoint {
  readonly id: string;
  readonly application: string;
  readonly authenticationMethod: string;
  readonly environment: string;
  readonly environmentId: string;
  readonly baseDomain: string | null;
  readonly healthStatus: HealthStatus;
  readonly healthStatusChangedAt: Date | null;
  /** The JSON of its properties; null: longer than what was asked for. */
  readonly endpoint: string | null;
}

/** An operation of an application in an environment. */
export interface OperationName {
  readonly application: string;
  readonly environment: string;
  readonly method: string;
  readonly path: string;
}

/** An application as lists for agents show it. */
export interface ListedApplication {
  readonly name: string;
  readonly key: string;
  readonly description: string | null;
  readonly endpoints: number;
  readonly healthStatus: HealthStatus;
}

/** An endpoint as lists for agents show it. */
export interface ListedEndpoint {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly name: string;
}

const MAX_DESCRIPTION = 300;

const PROPERTIES = ENDPOINT_PROPERTIES.map((name) => `p."${name}"`).join(', ');

const LOCATED = `
  SELECT p."id", a."appKey" AS "application", a."authenticationMethod", e."name" AS "environment", e."id" AS "environmentId",
         e."baseDomain", e."healthStatus", e."healthStatusChangedAt",
         CASE WHEN octet_length(j."json") <= $2 THEN j."json" END AS "endpoint"
  FROM "Endpoint" p JOIN "Environment" e ON e."id" = p."environmentId" JOIN "Application" a ON a."id" = e."applicationId"
  CROSS JOIN LATERAL (SELECT row_to_json(o)::text AS "json" FROM (SELECT ${PROPERTIES}) o) j`;

/** What a caller of the bindings in these parameters sees. */
const visible = (applications: string, environments: string): string =>
  `(${applications}::text[] IS NULL OR a."appKey" = ANY(${applications})) AND (${environments}::text[] IS NULL OR e."name" = ANY(${environments}))`;

/** Reads single endpoints and plain lists, as far as an agent may see them. */
@Injectable()
export class EndpointDetailsRepository {
  constructor(private readonly database: Database) {}

  /** Those that there are, in any order. @param maxBytes of the JSON of each */
  byIds(ids: readonly string[], bindings: Bindings, maxBytes: number): Promise<LocatedEndpoint[]> {
    return this.database.query<LocatedEndpoint>(
      `${LOCATED} WHERE p."id" = ANY($1) AND ${visible('$3', '$4')}`,
      [ids, maxBytes, bindings.applications, bindings.environments],
    );
  }

  async byName(
    { application, environment, method, path }: OperationName,
    bindings: Bindings,
    maxBytes: number,
  ): Promise<LocatedEndpoint | undefined> {
    const [row] = await this.database.query<LocatedEndpoint>(
      `${LOCATED} WHERE a."id" = ${namedApplication('$1')} AND e."name" = $5 AND p."method" = $6 AND p."path" = $7 AND ${visible('$3', '$4')}`,
      [application, maxBytes, bindings.applications, bindings.environments, environment, method, path],
    );
    return row;
  }

  /** Names and JSON of shared definitions of an environment, none of them longer than `maxBytes`. */
  async definitions(
    environmentId: string,
    names: readonly string[],
    maxBytes: number,
  ): Promise<(readonly [name: string, json: string])[]> {
    const rows = await this.database.query<{ readonly name: string; readonly json: string }>(
      `SELECT "name", "schema"::text AS "json" FROM "Definition"
       WHERE "environmentId" = $1 AND "name" = ANY($2) AND octet_length("schema"::text) <= $3`,
      [environmentId, names, maxBytes],
    );
    return rows.map(({ name, json }) => [name, json] as const);
  }

  /** Applications that have the environment, by app key: those after a key. */
  applications(
    {
      environment,
      healthStatus,
    }: { readonly environment: string; readonly healthStatus: string | undefined },
    bindings: Bindings,
    after: string | undefined,
    limit: number,
  ): Promise<ListedApplication[]> {
    return this.database.query<ListedApplication>(
      `SELECT a."name", a."appKey" AS "key", left(a."description", ${MAX_DESCRIPTION}) AS "description", e."healthStatus",
              (SELECT count(*)::integer FROM "Endpoint" p WHERE p."environmentId" = e."id") AS "endpoints"
       FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $1
       WHERE ($2::text IS NULL OR e."healthStatus" = $2) AND ${visible('$3', '$4')}
         AND ($5::text IS NULL OR a."appKey" COLLATE "C" > $5)
       ORDER BY a."appKey" COLLATE "C" LIMIT $6`,
      [environment, healthStatus ?? null, bindings.applications, bindings.environments, after ?? null, limit],
    );
  }

  /** Endpoints of an environment, by path and method: those after one. */
  endpoints(
    environmentId: string,
    tag: string | undefined,
    after: readonly [path: string, method: string] | undefined,
    limit: number,
  ): Promise<ListedEndpoint[]> {
    return this.database.query<ListedEndpoint>(
      `SELECT "id", "method", "path", "name" FROM "Endpoint"
       WHERE "environmentId" = $1
         AND ($2::text IS NULL OR EXISTS (
           SELECT FROM json_array_elements_text(CASE WHEN json_typeof("tags") = 'array' THEN "tags" ELSE '[]'::json END) t("tag")
           WHERE lower(t."tag") = lower($2)))
         AND ($3::text IS NULL OR ("path" COLLATE "C", "method" COLLATE "C") > ($3, $4))
       ORDER BY "path" COLLATE "C", "method" COLLATE "C" LIMIT $5`,
      [environmentId, tag ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  /** The environment of an application, where a caller of these bindings sees it. */
  async environmentId(appKey: string, environment: string, bindings: Bindings): Promise<string | undefined> {
    const [row] = await this.database.query<{ readonly id: string }>(
      `SELECT e."id" FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id"
       WHERE a."id" = ${namedApplication('$1')} AND e."name" = $2 AND ${visible('$3', '$4')}`,
      [appKey, environment, bindings.applications, bindings.environments],
    );
    return row?.id;
  }

  /** The names of the environments that a caller of these bindings sees: of an application, or of all. */
  async environmentNames(appKey: string | undefined, bindings: Bindings): Promise<string[]> {
    const rows = await this.database.query<{ readonly name: string }>(
      `SELECT DISTINCT e."name" FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id"
       WHERE ($1::text IS NULL OR a."id" = ${namedApplication('$1')}) AND ${visible('$2', '$3')} ORDER BY 1 LIMIT 20`,
      [appKey ?? null, bindings.applications, bindings.environments],
    );
    return rows.map(({ name }) => name);
  }
}
