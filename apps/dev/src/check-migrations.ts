import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { schemaDifferences } from './schema-differences.js';
import { startScratchPostgres } from './scratch-postgres.js';

/** `npm run migration:check`: fails when the migrated schema differs from the entities. */
const postgres = await startScratchPostgres();
try {
  await runMigrations(postgres.url, migrations);
  const { up } = await schemaDifferences(postgres.url);
  if (up.length > 0) {
    process.stderr.write(
      `The entities differ from the migrated schema; missing statements:\n${up.join('\n')}\n`,
    );
    process.exitCode = 1;
  }
} finally {
  await postgres.stop();
}
