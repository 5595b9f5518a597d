import type { TestDatabase } from './test-database.js';

/** Every row of every table as text, by table. */
export async function everyTable({
  database,
}: {
  readonly database: TestDatabase;
}): Promise<Map<string, string>> {
  const tables = await database.query<{ name: string }>(
    `SELECT "table_name" AS "name" FROM information_schema.tables WHERE "table_schema" = 'public'`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await database.query<{ text: string }>(`SELECT t::text AS "text" FROM "${name}" t`);
    texts.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return texts;
}
