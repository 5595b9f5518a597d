import type { TestDatabase } from './test-database.js';

/**
 * Inserts `count` applications directly, ten of them at every millisecond since 2020, so that a list has
 * many of one `createdAt`.
 */
export async function insertApplications(
  database: TestDatabase,
  count: number,
  { prefix = 'bulk', since = '2020-01-01T00:00:00Z' } = {},
): Promise<void> {
  await database.query(
    `INSERT INTO "Application" ("id", "name", "appKey", "createdAt", "updatedAt")
     SELECT $1 || '-' || lpad(n::text, 6, '0'), 'Bulk ' || n, $1 || '-' || n, t, t
     FROM generate_series(1, $2::integer) n, LATERAL (SELECT $3::timestamptz + (n / 10) * interval '1 ms') at(t)`,
    [prefix, count, since],
  );
}

/** Gives every application of the prefix an environment with that many endpoints. */
export async function insertEnvironments(
  database: TestDatabase,
  { prefix = 'bulk', name = 'production', endpoints = 0 } = {},
): Promise<void> {
  await database.query(
    `INSERT INTO "Environment" ("id", "name", "applicationId")
     SELECT "id" || '-' || $2, $2, "id" FROM "Application" WHERE starts_with("id", $1 || '-')`,
    [prefix, name],
  );
  await database.query(
    `INSERT INTO "Endpoint" ("id", "name", "path", "method", "environmentId")
     SELECT "id" || '-' || n, 'Operation ' || n, '/operations/' || n, 'GET', "id"
     FROM "Environment", generate_series(1, $3::integer) n
     WHERE starts_with("applicationId", $1 || '-') AND "name" = $2`,
    [prefix, name, endpoints],
  );
}
