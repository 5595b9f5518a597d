import pg from 'pg';
import { APP_KEYS, DESCRIPTION, ENVIRONMENTS, OPERATIONS } from '#dev/seed/large-data-set.js';

/**
 * Inserts 1,000 applications with three environments of 20 endpoints each into a migrated, empty database. A list of 20 is
 * about 12 kB. No application has a `healthCheckUrl`, so the service probes none.
 */
export async function insertDataSet(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(
      `INSERT INTO "Application" ("id", "name", "description", "appKey")
       SELECT md5("appKey")::uuid::text, 'Application ' || n, $2, "appKey"
       FROM unnest($1::text[]) WITH ORDINALITY AS key("appKey", n)`,
      [APP_KEYS, DESCRIPTION],
    );
    await client.query(
      `INSERT INTO "Environment" ("id", "name", "baseDomain", "applicationId")
       SELECT md5(a."appKey" || e."name")::uuid::text, e."name", a."appKey" || '.example.com', a."id"
       FROM "Application" a, unnest($1::text[]) AS e("name")`,
      [ENVIRONMENTS],
    );
    await client.query(
      `INSERT INTO "Endpoint" ("id", "environmentId", "method", "path", "name", "description", "authType",
                               "contentType", "pathParams", "queryParams", "requestBody", "responseBody")
       SELECT md5(e."id" || o."method" || o."path")::uuid::text, e."id", o.*
       FROM "Environment" e, json_to_recordset($1) AS o(
         "method" text, "path" text, "name" text, "description" text, "authType" text,
         "contentType" text, "pathParams" json, "queryParams" json, "requestBody" json, "responseBody" json)
       ORDER BY e."id"`,
      [JSON.stringify(OPERATIONS)],
    );
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}
