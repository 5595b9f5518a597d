import type { TestDatabase } from './test-database.js';

/** Tables that the sealer of a running service writes after the change that they seal. */
const SEALED_LATER = ['AuditHead', 'AuditSeal'];

/** Every row of every table as text, by table; without the seals of the audit trail. */
export async function everyTable({
  database,
}: {
  readonly database: TestDatabase;
}): Promise<Map<string, string>> {
  const tables = await database.query<{ name: string }>(
    `SELECT "table_name" AS "name" FROM information_schema.tables WHERE "table_schema" = 'public' AND "table_name" <> ALL ($1)`,
    [SEALED_LATER],
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await database.query<{ text: string }>(`SELECT t::text AS "text" FROM "${name}" t`);
    texts.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return texts;
}
