import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import type {
  ApplicationWithEndpoints,
  EndpointResponse,
  EndpointsResponse,
} from './dto/discovery.response.js';

export type EnvironmentRow = EndpointsResponse['environment'];
export type ApplicationRow = Omit<ApplicationWithEndpoints, 'environment' | 'endpoints'> & {
  environment: EnvironmentRow;
};

/** The columns of the discovery answers, in the order of their properties. */
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
const ENDPOINT = [
  'environmentId',
  'name',
  'path',
  'method',
  'description',
  'isPublic',
  'authType',
  'authConfig',
  'contentType',
  'pathParams',
  'queryParams',
  'requestBody',
  'responseBody',
  'createdAt',
  'updatedAt',
];

/** The columns of a table in a select list; with a prefix, under names of their own. */
function columns(table: string, names: readonly string[], prefix = ''): string {
  return names.map((name) => `${table}."${name}" AS "${prefix}${name}"`).join(', ');
}

/** Reads what agents ask for all day: plain statements over the tables of three features, no entities. */
@Injectable()
export class DiscoveryRepository {
  constructor(private readonly database: Database) {}

  /** `undefined`: no such application. `null`: it has no such environment. */
  async environment(appKey: string, name: string): Promise<EnvironmentRow | null | undefined> {
    const [row] = await this.database.query<EnvironmentRow | { id: null }>(
      `SELECT ${columns('e', ENVIRONMENT)} FROM "Application" a
       LEFT JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $2
       WHERE a."appKey" = $1`,
      [appKey, name],
    );
    if (row === undefined) return undefined;
    return row.id === null ? null : row;
  }

  /** Ordered by path and method. */
  async endpoints(environmentIds: readonly string[]): Promise<EndpointResponse[]> {
    return this.database.query<EndpointResponse>(
      `SELECT p."id", e."applicationId", ${columns('p', ENDPOINT)} FROM "Endpoint" p JOIN "Environment" e ON e."id" = p."environmentId"
       WHERE p."environmentId" = ANY($1) ORDER BY p."path", p."method"`,
      [environmentIds],
    );
  }

  /** Applications that have the environment, oldest first. */
  async applications(
    { environment, healthStatus }: { environment: string; healthStatus: string | undefined },
    after: Keyset | undefined,
    limit: number,
  ): Promise<ApplicationRow[]> {
    const rows = await this.database.query<Record<string, unknown>>(
      `SELECT ${columns('a', APPLICATION)}, ${columns('e', ENVIRONMENT, 'environment_')}
       FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = $1
       WHERE ($2::timestamptz IS NULL OR (a."createdAt", a."id") > ($2, $3))
         AND ($5::text IS NULL OR e."healthStatus" = $5)
       ORDER BY a."createdAt", a."id" LIMIT $4`,
      [environment, after?.createdAt ?? null, after?.id ?? null, limit, healthStatus ?? null],
    );
    return rows.map((row) => {
      const application = Object.fromEntries(APPLICATION.map((name) => [name, row[name]]));
      const environment = Object.fromEntries(ENVIRONMENT.map((name) => [name, row[`environment_${name}`]]));
      return { ...application, environment } as unknown as ApplicationRow;
    });
  }
}
