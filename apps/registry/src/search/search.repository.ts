import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { Database } from '#libs/database/database.js';
import { DEFINITION_PREFIX } from '#libs/domain/definition.js';
import type { HealthStatus } from '#libs/domain/status.js';
import type { IndexedEndpoint } from './index/indexed-environment.js';

/** An environment as the index holds it, without its endpoints. */
export interface SearchableEnvironment {
  readonly id: string;
  readonly environment: string;
  readonly applicationKey: string;
  readonly applicationName: string;
  readonly applicationDescription: string | null;
  readonly endpointCount: number;
  /** Differs whenever the endpoints of the environment do. */
  readonly version: string;
}

/** An endpoint of the index, and whose it is. */
export interface SearchableEndpoint extends IndexedEndpoint {
  readonly environmentId: string;
}

/** What an answer says of an endpoint that was found. */
export interface FoundEndpoint {
  readonly id: string;
  readonly application: string;
  readonly environment: string;
  readonly environmentId: string;
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly description: string | null;
  readonly deprecated: boolean;
  readonly isPublic: boolean;
  readonly authType: string | null;
  readonly authenticationMethod: string;
  readonly healthStatus: HealthStatus;
  readonly healthStatusChangedAt: Date | null;
}

/** An application that was found by its own words. */
export interface FoundApplication {
  readonly application: string;
  readonly name: string;
  readonly description: string | null;
  readonly environments: readonly string[];
}

/** Longer ones are cut: what they say further on is rarely what they are about. */
const MAX_DESCRIPTION = 2000;
const MAX_NAMES = 80;
/** Of an answer. */
const MAX_SHOWN_DESCRIPTION = 500;

/** The names of the properties of a JSON Schema, or of an object that has parameters as its own members. */
const propertiesOf = (schema: string): string => `CASE
  WHEN json_typeof(${schema} -> 'properties') = 'object' THEN ${schema} -> 'properties'
  WHEN json_typeof(${schema} -> 'items' -> 'properties') = 'object' THEN ${schema} -> 'items' -> 'properties'
  WHEN json_typeof(${schema}) = 'object' AND ${schema} -> 'type' IS NULL AND ${schema} -> '$ref' IS NULL THEN ${schema}
  ELSE '{}'::json END`;

/** The texts of a list. */
const textsOf = (list: string): string =>
  `ARRAY(SELECT json_array_elements_text(CASE WHEN json_typeof(${list}) = 'array' THEN ${list} ELSE '[]'::json END))`;

const PARAMETERS = `(
  SELECT coalesce(array_agg(DISTINCT "name"), '{}') FROM (
    SELECT json_object_keys(${propertiesOf('"schema"')}) AS "name"
    FROM (VALUES (p."pathParams"), (p."queryParams"), (p."headerParams"), (p."cookieParams")) parameters("schema")
    WHERE "schema" IS NOT NULL LIMIT ${MAX_NAMES}) names)`;

/** Of two levels: the body, which may be a shared definition, and what its properties hold. */
const BODY_PROPERTIES = `(
  SELECT coalesce(array_agg(DISTINCT "name"), '{}') FROM (
    WITH "body" AS MATERIALIZED (
      SELECT "key", "value" FROM json_each((SELECT ${propertiesOf('"schema"')} FROM (
        SELECT coalesce(d."schema", p."requestBody") AS "schema") whole)))
    SELECT "key" AS "name" FROM "body"
    UNION ALL
    SELECT json_object_keys(CASE WHEN json_typeof("value" -> 'properties') = 'object' THEN "value" -> 'properties'
                                 ELSE '{}'::json END) FROM "body"
    LIMIT ${MAX_NAMES}) names)`;

/** Reads what the index holds, and what answers say of what it found. */
@Injectable()
export class SearchRepository {
  constructor(private readonly database: Database) {}

  /** The environments of an application, or of all of them. */
  environments(appKey?: string): Promise<SearchableEnvironment[]> {
    return this.database.query<SearchableEnvironment>(
      `SELECT e."id", e."name" AS "environment", a."appKey" AS "applicationKey", a."name" AS "applicationName",
              a."description" AS "applicationDescription",
              count(p."id")::int AS "endpointCount",
              concat_ws(' ', count(p."id"), sum(hashtextextended(p."id" || p."updatedAt"::text, 0))) AS "version"
       FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId"
       LEFT JOIN "Endpoint" p ON p."environmentId" = e."id"
       WHERE $1::text IS NULL OR a."appKey" = $1
       GROUP BY e."id", a."id" ORDER BY a."createdAt", a."id", e."createdAt", e."id"`,
      [appKey ?? null],
    );
  }

  /** The endpoints of these environments, together by environment. */
  endpoints(environmentIds: readonly string[]): Promise<SearchableEndpoint[]> {
    return this.database.query<SearchableEndpoint>(
      `SELECT p."environmentId", p."id", p."method", p."path", p."name", p."operationId",
              left(p."description", ${MAX_DESCRIPTION}) AS "description", p."deprecated",
              ${textsOf('p."tags"')} AS "tags", ${textsOf('p."keywords"')} AS "keywords",
              ${PARAMETERS} AS "parameters", ${BODY_PROPERTIES} AS "bodyProperties"
       FROM "Endpoint" p
       LEFT JOIN "Definition" d ON d."environmentId" = p."environmentId"
         AND d."name" = substr(p."requestBody" ->> '$ref', ${DEFINITION_PREFIX.length + 1})
       WHERE p."environmentId" = ANY($1) ORDER BY p."environmentId", p."path", p."method"`,
      [environmentIds],
    );
  }

  /** The endpoints of these ids that still exist and that a caller of these bindings sees, in any order. */
  found(ids: readonly string[], { applications, environments }: Bindings): Promise<FoundEndpoint[]> {
    return this.database.query<FoundEndpoint>(
      `SELECT p."id", a."appKey" AS "application", e."name" AS "environment", e."id" AS "environmentId",
              p."method", p."path", p."name", left(p."description", ${MAX_SHOWN_DESCRIPTION}) AS "description", p."deprecated",
              p."isPublic", p."authType", a."authenticationMethod", e."healthStatus", e."healthStatusChangedAt"
       FROM "Endpoint" p JOIN "Environment" e ON e."id" = p."environmentId" JOIN "Application" a ON a."id" = e."applicationId"
       WHERE p."id" = ANY($1) AND ($2::text[] IS NULL OR a."appKey" = ANY($2)) AND ($3::text[] IS NULL OR e."name" = ANY($3))`,
      [ids, applications, environments],
    );
  }

  /** The applications of these app keys that a caller of these bindings sees, each with the environments it sees. */
  foundApplications(
    appKeys: readonly string[],
    { applications, environments }: Bindings,
  ): Promise<FoundApplication[]> {
    return this.database.query<FoundApplication>(
      `SELECT a."appKey" AS "application", a."name", left(a."description", ${MAX_SHOWN_DESCRIPTION}) AS "description",
              array_agg(e."name" ORDER BY e."name") AS "environments"
       FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id"
       WHERE a."appKey" = ANY($1) AND ($2::text[] IS NULL OR a."appKey" = ANY($2)) AND ($3::text[] IS NULL OR e."name" = ANY($3))
       GROUP BY a."id"`,
      [appKeys, applications, environments],
    );
  }

  /** The environments of a name that are healthy. */
  async healthyEnvironments(environment: string | undefined): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ readonly id: string }>(
      `SELECT "id" FROM "Environment" WHERE "healthStatus" = 'ACTIVE' AND ($1::text IS NULL OR "name" = $1)`,
      [environment ?? null],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
