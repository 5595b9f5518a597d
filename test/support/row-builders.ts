import type { TestDatabase } from './test-database.js';

/** Every row of these tests is as old as this, so that lists have to tell them apart by id. */
export const CREATED_AT = new Date('2026-01-01T00:00:00.000Z');

/** Inserts applications whose app key is `key-of-<id>`. */
export async function insertApplicationRows(outside: TestDatabase, ...ids: readonly string[]): Promise<void> {
  await outside.query(
    `INSERT INTO "Application" ("id", "name", "appKey", "createdAt") SELECT id, id, 'key-of-' || id, $2 FROM unnest($1::text[]) id`,
    [ids, CREATED_AT],
  );
}

/** Inserts environments named as their ids. */
export async function insertEnvironmentRows(
  outside: TestDatabase,
  applicationId: string,
  ...ids: readonly string[]
): Promise<void> {
  await outside.query(
    `INSERT INTO "Environment" ("id", "name", "applicationId", "createdAt") SELECT id, id, $2, $3 FROM unnest($1::text[]) id`,
    [ids, applicationId, CREATED_AT],
  );
}

export interface ApiKeyRow {
  readonly id: string;
  readonly environmentId: string;
  readonly selector?: string | null;
  readonly isActive?: boolean;
  readonly lastUsedAt?: Date | null;
}

/** Inserts a key whose hash is `hash-of-<id>`. */
export async function insertApiKeyRow(outside: TestDatabase, row: ApiKeyRow): Promise<void> {
  const { id, environmentId, selector = null, isActive = true, lastUsedAt = null } = row;
  await outside.query(
    `INSERT INTO "ApiKey" ("id", "name", "hashedKey", "environmentId", "selector", "isActive", "lastUsedAt", "createdAt")
     VALUES ($1, $1, 'hash-of-' || $1, $2, $3, $4, $5, $6)`,
    [id, environmentId, selector, isActive, lastUsedAt, CREATED_AT],
  );
}
