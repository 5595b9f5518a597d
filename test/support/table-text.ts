import type { TestApp } from './start-app.js';

/** Every row of every table as text, by table. */
export async function everyTable(app: TestApp): Promise<Map<string, string>> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT "table_name" AS "name" FROM information_schema.tables WHERE "table_schema" = 'public'`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await app.database.query<{ text: string }>(`SELECT t::text AS "text" FROM "${name}" t`);
    texts.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return texts;
}
