import { DEFAULT_ENVIRONMENT } from '#libs/access/requested-environment.js';
import { JSON_FIELDS } from '#libs/domain/endpoint.js';
import type { ImportOrigin } from '#libs/domain/import-record.js';
import type { Status } from '#libs/domain/status.js';
import { NestedTooDeep, parseBoundedJson } from '#libs/json/bounded-json.js';
import { hashFault } from '#registry/api-keys/comparable-hash.js';
import type { ImportedApiKey } from '#registry/api-keys/dto/imported-api-key.js';
import type { ImportCounts } from '#registry/imports/import-counts.js';
import type {
  SourceApiKey,
  SourceApplication,
  SourceEnvironment,
  SourceRecord,
} from '#registry/imports/source-record.js';
import { idIn, numberIn, textIn, timeIn } from './field-values.js';
import type { Row } from './reference-source.js';

const MAX_KEY_NAME_LENGTH = 255;
const MAX_COUNT = 2_147_483_647;

/** The rows of an application and of everything below it. */
export interface ReferenceRows {
  readonly application: Row;
  readonly environments: readonly Row[];
  readonly endpoints: readonly Row[];
  readonly apiKeys: readonly Row[];
}

/**
 * The application of these rows. Broken JSON in a field leaves that field out: an endpoint without its schema serves
 * an agent better than no endpoint. An API key is imported only if every field of it is understood.
 */
export function applicationFrom(rows: ReferenceRows, tally: ImportCounts): SourceApplication {
  const { application } = rows;
  const hasAddress = textIn(application.healthCheckUrl) !== null && application.healthCheckUrl !== '';
  const environments = rows.environments.filter((row) => isOfApplication(row));
  tally.add('environments', 'skipped', rows.environments.length - environments.length);
  const owner = ownerAmong(environments);
  const endpoints = placed('endpoints', rows.endpoints, owner, tally);
  const apiKeys = placed('apiKeys', rows.apiKeys, owner, tally);
  return {
    record: `applications ${textIn(application.id)}`,
    appKey: textIn(application.appKey) ?? '',
    isNamedAfterKey: false,
    origin: originOf(application),
    fields: {
      appKey: textIn(application.appKey) ?? '',
      name: textIn(application.name),
      description: textIn(application.description),
      healthCheckUrl: textIn(application.healthCheckUrl),
      authenticationMethod: textIn(application.authenticationMethod),
      // Unknown where an early version of the reference has no column: an owner set here stays.
      owner: textIn(application.userId) ?? undefined,
      status: statusOf(application),
    },
    health: {
      ...healthOf(application, hasAddress),
      consecutiveFailures: countIn(application.consecutiveFailures, hasAddress),
      consecutiveSuccesses: countIn(application.consecutiveSuccesses, hasAddress),
    },
    environments: environments.map((row): SourceEnvironment => ({
      record: `environments ${textIn(row.id)}`,
      sourceId: textIn(row.id) ?? '',
      origin: originOf(row),
      fields: {
        name: textIn(row.name),
        description: textIn(row.description),
        baseDomain: textIn(row.baseDomain),
        security: securityOf(row),
        // Unknown where an early version of the reference has no column: what is set here stays.
        customPrompt: textIn(row.customPrompt) ?? undefined,
        status: statusOf(row),
      },
      health: healthOf(row, hasAddress && row.baseDomain !== null && row.baseDomain !== ''),
      endpoints: (endpoints.get(row) ?? []).map((each) => endpointFrom(each, tally)),
      isPartial: endpoints.isPartial,
      apiKeys: (apiKeys.get(row) ?? []).flatMap((each) => apiKeyFrom(each, tally) ?? []),
    })),
  };
}

/** The pointer to the vault: of its own table, or of the environment in versions without it. Without one, what is set here stays. */
function securityOf(environment: Row): object | undefined {
  const security = environment.security as Row | null;
  const vaultKey = textIn(security?.vaultKey ?? environment.vaultKey);
  if (security === null) return vaultKey === null ? undefined : { vaultKey };
  const { rateLimitEnabled, rateLimitRequests, rateLimitWindow } = security;
  return { vaultKey, rateLimitEnabled, rateLimitRequests, rateLimitWindow };
}

function isOfApplication({ environmentType }: Row): boolean {
  return (environmentType ?? 'APPLICATION') === 'APPLICATION';
}

/** Finds the environment of a row: a row without one belongs to production, or to the only environment. */
function ownerAmong(environments: readonly Row[]): (row: Row) => Row | undefined {
  const byId = new Map(environments.map((row) => [textIn(row.id), row]));
  const main =
    environments.find(({ name }) => name === DEFAULT_ENVIRONMENT) ??
    (environments.length === 1 ? environments[0] : undefined);
  return ({ environmentId }) => (environmentId === null ? main : byId.get(textIn(environmentId)));
}

class PlacedRows extends Map<Row, Row[]> {
  /** Whether some rows have no environment. */
  isPartial = false;
}

function placed(
  kind: 'endpoints' | 'apiKeys',
  rows: readonly Row[],
  owner: (row: Row) => Row | undefined,
  tally: ImportCounts,
): PlacedRows {
  const byEnvironment = new PlacedRows();
  for (const row of rows) {
    const environment = owner(row);
    if (environment !== undefined) {
      byEnvironment.set(environment, [...(byEnvironment.get(environment) ?? []), row]);
      continue;
    }
    tally.add(kind, 'skipped');
    if (!isOfApplication(row)) continue;
    byEnvironment.isPartial = true;
    const table = kind === 'apiKeys' ? 'api_keys' : 'endpoints';
    tally.problem(`${table} ${textIn(row.id)}`, 'belongs to no environment of its application');
  }
  return byEnvironment;
}

function endpointFrom(row: Row, tally: ImportCounts): SourceRecord {
  const record = `endpoints ${textIn(row.id)}`;
  const json = JSON_FIELDS.map((field): [string, unknown] => {
    try {
      return [field, jsonIn(row[field])];
    } catch (error) {
      const fault = error instanceof NestedTooDeep ? error.fault : 'is not JSON';
      tally.problem(record, `${field} ${fault} and was left out`);
      return [field, null];
    }
  });
  const path = textIn(row.path);
  return {
    record,
    origin: originOf(row),
    fields: {
      name: textIn(row.name),
      path: path === null || path.startsWith('/') || path.includes('://') ? path : `/${path}`,
      method: textIn(row.method)?.trim(),
      description: textIn(row.description),
      isPublic: row.isPublic === true || row.isPublic === 'true' || row.isPublic === 't',
      authType: textIn(row.authType),
      contentType: textIn(row.contentType),
      ...Object.fromEntries(json),
    },
  };
}

/**
 * The JSON text as it is: the registry reads it digit for digit.
 *
 * @throws SyntaxError when it is not JSON
 */
function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return typeof value === 'string' ? null : value;
  return parseBoundedJson(value) === null ? null : value;
}

function apiKeyFrom(row: Row, tally: ImportCounts): SourceApiKey | undefined {
  const record = `api_keys ${textIn(row.id)}`;
  const hashedKey = textIn(row.token) ?? '';
  const [expiresAt, lastUsedAt] = [timeIn(row.expiresAt), timeIn(row.lastUsed)];
  const fault = hashFault(hashedKey);
  const mistake =
    fault !== undefined
      ? `has a token that ${fault}`
      : row.expiresAt !== null && expiresAt === undefined
        ? 'has an expiresAt that is no time'
        : undefined;
  if (mistake !== undefined) {
    tally.problem(record, mistake);
    tally.add('apiKeys', 'skipped');
    return undefined;
  }
  const isActive = statusOf(row) === 'ACTIVE';
  const key: ImportedApiKey = {
    name: (textIn(row.name) ?? 'imported')
      .slice(0, MAX_KEY_NAME_LENGTH)
      .replaceAll('\u0000', '')
      .toWellFormed(),
    hashedKey,
    isActive,
    expiresAt: expiresAt ?? null,
    lastUsedAt: lastUsedAt ?? null,
    revokedAt: isActive ? null : (timeIn(row.updatedAt) ?? new Date()),
    origin: originOf(row),
  };
  return { record, key };
}

/** As the reference treats it: anything but ACTIVE is refused; without the column no key was refused. */
function statusOf({ status }: Row): Status {
  return status === null || status === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE';
}

/** DEGRADED has no equivalent here, and UNKNOWN holds until the next check. */
function healthOf(row: Row, hasAddress: boolean): NonNullable<SourceEnvironment['health']> {
  const { healthStatus } = row;
  const isKnown = hasAddress && (healthStatus === 'ACTIVE' || healthStatus === 'INACTIVE');
  return {
    healthStatus: isKnown ? healthStatus : 'UNKNOWN',
    lastHealthCheckAt: hasAddress ? (timeIn(row.lastHealthCheckAt) ?? null) : null,
  };
}

function countIn(value: unknown, hasAddress: boolean): number {
  return hasAddress ? Math.trunc(numberIn(value, 0, MAX_COUNT) ?? 0) : 0;
}

function originOf(row: Row): ImportOrigin {
  return { id: idIn(row.id), createdAt: timeIn(row.createdAt), updatedAt: timeIn(row.updatedAt) };
}
