import { Logger } from '@nestjs/common';
import { singleQuery } from '#libs/database/single-query.js';

/** Says how to import, when the database has the tables of the reference registry and nothing is registered here yet. */
export async function noticeReferenceTables(url: string): Promise<void> {
  const [row] = await singleQuery<{ found: boolean }>(
    url,
    `SELECT (SELECT count(*) FROM pg_attribute
             WHERE attrelid = to_regclass('applications') AND attname IN ('appKey', 'healthCheckUrl')) = 2
            AND to_regclass('environments') IS NOT NULL
            AND NOT EXISTS (SELECT FROM "Application") AS "found"`,
  );
  if (row?.found !== true) return;
  new Logger('Database').warn(
    'This database has the tables of the reference registry, which this service does not read, and nothing is registered here yet. ' +
      'To take everything over: mcp-registry import reference, with the URL of this database in MCP_REGISTRY_IMPORT_URL (docs/switching.md)',
  );
}
