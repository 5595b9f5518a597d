import { writeFile } from 'node:fs/promises';
import { format } from 'oxfmt';
import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { schemaDifferences } from './schema-differences.js';
import { startScratchPostgres } from './scratch-postgres.js';

/** `npm run migration:generate -- verb-noun`: writes the migration from the migrated schema to the schema of the entities. */
const [name = ''] = process.argv.slice(2);
if (!/^[a-z]+(-[a-z]+)+$/.test(name)) {
  process.stderr.write('Usage: npm run migration:generate -- verb-noun   (such as add-endpoint-tags)\n');
  process.exit(2);
}
const postgres = await startScratchPostgres();
try {
  await runMigrations(postgres.url, migrations);
  const { up, down } = await schemaDifferences(postgres.url);
  process.stdout.write(
    up.length === 0 ? 'Migrations and entities agree: nothing to write.\n' : await write(up, down),
  );
} finally {
  await postgres.stop();
}

async function write(up: readonly string[], down: readonly string[]): Promise<string> {
  const timestamp = Date.now();
  const className = `${name.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}${timestamp}`;
  const statements = (queries: readonly string[]): string =>
    queries.map((query) => `await queryRunner.query(${JSON.stringify(query)});`).join('\n');
  const source = `import type { MigrationInterface, QueryRunner } from 'typeorm';
    export class ${className} implements MigrationInterface {
      readonly name = '${className}';

      async up(queryRunner: QueryRunner): Promise<void> {
        ${statements(up)}
      }

      async down(queryRunner: QueryRunner): Promise<void> {
        ${statements(down)}
      }
    }`;
  const file = `migrations/${timestamp}-${name}.ts`;
  const { code } = await format(file, source, { singleQuote: true, printWidth: 110 });
  await writeFile(file, code);
  return `Wrote ${file}. Read it, then add ${className} to the list in migrations/migrations.ts.\n`;
}
