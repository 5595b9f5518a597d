import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { namedApplication } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';
import { ACCEPTED_KEY } from '#libs/key-lifetime/accepted-key.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import type { KeyCondition } from './dto/all-api-keys.query.js';
import type { KeyState } from './dto/listed-api-key.response.js';

export interface KeyFilter {
  readonly state: KeyCondition | undefined;
  readonly application: string | undefined;
  readonly environment: string | undefined;
  readonly bindings: Bindings;
}

/** A key without its hash. */
export type ListedKey = Omit<ApiKeyEntity, 'hashedKey'> & {
  readonly appKey: string;
  readonly environment: string;
  readonly state: KeyState;
};

const EXPIRING_DAYS = 14;
const STALE_DAYS = 90;

/** A rotation leaves the old key its name and an end, and issues a newer key of that name. */
const IS_REPLACED = `k."expiresAt" IS NOT NULL AND EXISTS (
  SELECT FROM "ApiKey" n WHERE n."environmentId" = k."environmentId" AND n."name" = k."name" AND n."isActive"
    AND (n."createdAt", n."id") > (k."createdAt", k."id"))`;

const CONDITIONS: Readonly<Record<KeyCondition, string>> = {
  active: ACCEPTED_KEY,
  expiring: `${ACCEPTED_KEY} AND k."expiresAt" < now() + interval '${EXPIRING_DAYS} days'`,
  grace: `${ACCEPTED_KEY} AND ${IS_REPLACED}`,
  'never-used': `${ACCEPTED_KEY} AND k."lastUsedAt" IS NULL`,
  stale: `${ACCEPTED_KEY} AND coalesce(k."lastUsedAt", k."createdAt") < now() - interval '${STALE_DAYS} days'`,
  'no-expiry': `${ACCEPTED_KEY} AND k."expiresAt" IS NULL`,
  expired: `k."isActive" AND k."expiresAt" <= now()`,
  revoked: `NOT k."isActive"`,
};

const STATE = `
  CASE WHEN NOT k."isActive" THEN 'revoked' WHEN k."expiresAt" <= now() THEN 'expired'
       WHEN ${IS_REPLACED} THEN 'grace' ELSE 'active' END`;

/** Reads the keys of all environments. */
@Injectable()
export class AllApiKeysRepository {
  constructor(private readonly database: Database) {}

  /** Oldest first. */
  async list(filter: KeyFilter, after: Keyset | undefined, limit: number): Promise<ListedKey[]> {
    const parameters: unknown[] = [];
    const parameter = (value: unknown): string => `$${parameters.push(value)}`;
    const { state, application, environment, bindings } = filter;
    const conditions = [
      state === undefined ? 'true' : CONDITIONS[state],
      ...(application === undefined
        ? []
        : [`a."id" = ${namedApplication(`${parameter(application)}::text`)}`]),
      ...(environment === undefined ? [] : [`e."name" = ${parameter(environment)}`]),
      ...(bindings.applications === null ? [] : [`a."appKey" = ANY(${parameter(bindings.applications)})`]),
      ...(bindings.environments === null ? [] : [`e."name" = ANY(${parameter(bindings.environments)})`]),
      ...(after === undefined
        ? []
        : [`(k."createdAt", k."id") > (${parameter(after.createdAt)}::timestamptz, ${parameter(after.id)})`]),
    ];
    return this.database.query<ListedKey>(
      `SELECT k."id", k."name", k."selector", k."isActive", k."expiresAt", k."lastUsedAt", k."revokedAt", k."environmentId",
              k."createdAt", a."appKey", e."name" AS "environment", ${STATE} AS "state"
       FROM "ApiKey" k JOIN "Environment" e ON e."id" = k."environmentId" JOIN "Application" a ON a."id" = e."applicationId"
       WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}
       ORDER BY k."createdAt", k."id" LIMIT ${parameter(limit)}`,
      parameters,
    );
  }
}
