import { writeFile } from 'node:fs/promises';
import { format } from 'oxfmt';
import { loadConfig } from '#libs/config/load-config.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { createApp } from '#registry/bootstrap/start-registry.js';
import { openApiDocument } from '#registry/http/openapi-document.js';
import { startScratchPostgres } from './scratch-postgres.js';

/** `npm run openapi`: writes openapi.json as the running service returns it. */
const postgres = await startScratchPostgres();
try {
  await runMigrations(postgres.url, migrations);
  const config = await loadConfig({
    DATABASE_URL: postgres.url,
    SECRET_KEY: 'unused',
    REGISTRY_ADMIN_KEY: 'unused',
    LOG_LEVEL: 'error',
  });
  const app = await createApp(config, postgres.url);
  const text = JSON.stringify(openApiDocument(app));
  const { code } = await format('openapi.json', text, { printWidth: 80 });
  await writeFile('openapi.json', code);
  await app.close();
} finally {
  await postgres.stop();
}
