import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '#migrations/migrations.js';
import { CommandLine, misused, succeeded } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const NAMES = migrations.map(({ name }) => name);

describe('mcp-registry migrate', () => {
  let directory: string;
  let database: TestDatabase;
  let operator: CommandLine;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'registry-migrate-'));
    database = await createTestDatabase({ migrated: false });
    operator = new CommandLine({ cwd: directory });
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('lists what is pending, applies it, and finds nothing left to do', async () => {
    // From .env, as the service reads it; a setting that is none of the database's does no harm.
    await writeFile(join(directory, '.env'), `DATABASE_URL=${database.url}\nPORT=nonsense\n`);
    const dry = await operator.run('migrate --dry-run');
    expect(dry).toEqual(succeeded(`Would apply ${NAMES.join(', ')}.`));
    expect(await database.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
    expect(await operator.json('migrate')).toEqual({ applied: NAMES });
    const [again, pending] = await Promise.all([operator.run('migrate'), operator.json('migrate --dry-run')]);
    expect(again).toEqual(succeeded('The schema is up to date.'));
    expect(pending).toEqual({ wouldApply: [] });
  });

  it('goes round a pooler, and says what is wrong with its address', async () => {
    const elsewhere = operator.with({ cwd: tmpdir() });
    const away = 'postgresql://me:hush@127.0.0.2:9/registry';
    const file = join(directory, 'database-url');
    await writeFile(file, `${database.url}\n`);
    const inFile = { DATABASE_URL_FILE: file };
    expect(await elsewhere.with({ env: inFile }).run('migrate --dry-run')).toEqual(
      succeeded('The schema is up to date.'),
    );
    expect(await elsewhere.with({ env: { ...inFile, DATABASE_URL: away } }).run('migrate')).toEqual(
      misused('Configuration: DATABASE_URL and DATABASE_URL_FILE are both set; set one of them'),
    );
    const [direct, none, invalid, unreachable] = await Promise.all([
      elsewhere
        .with({ env: { DATABASE_URL: away, DATABASE_DIRECT_URL: database.url } })
        .run('migrate --dry-run'),
      elsewhere.run('migrate'),
      elsewhere.with({ env: { DATABASE_URL: 'mysql://me:hush@host/db' } }).run('migrate'),
      elsewhere.with({ env: { DATABASE_URL: away } }).run('migrate'),
    ]);
    expect(direct).toEqual(succeeded('The schema is up to date.'));
    expect(none).toEqual(
      misused('DATABASE_URL must be set: the embedded database is migrated by the start of the service'),
    );
    expect(invalid).toEqual(
      misused(
        'Configuration: DATABASE_URL is "mysql://…"; allowed is a URL such as postgresql://user:password@host:5432/database',
      ),
    );
    expect(unreachable).toMatchObject({ code: 1, stdout: '' });
    expect(unreachable.stderr).toMatch(/^Database: cannot connect: .*; check DATABASE_URL\n$/);
    expect(unreachable.stderr).not.toContain('hush');
  });
});
