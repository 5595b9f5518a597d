import type { Command } from 'commander';
import { commandGroup } from '../command-group.js';
import { globalOptions } from '../global-options.js';
import { type ImportResult, showImport } from '../import/import-result.js';
import { type RegistrySettings, registrySettings } from '../import/registry-settings.js';
import { type SourceKind, sourceUrl } from '../import/source-url.js';
import { type Progress, progress } from '../terminal/progress-bar.js';

const SOURCE_HELP = `
The URL may also come from MCP_REGISTRY_IMPORT_URL, from standard input (-) or from a prompt: what stands on a command
line can be seen by others, its password included. The registry's database is that of DATABASE_URL.

Each application is written whole or not at all. It can be run again, and writes differences only.
`;

/** `import redis|reference`: what other registries have, straight into this one's database. */
export function addDatabaseImportCommands(root: Command): void {
  const imports = commandGroup(root, 'import', 'take over what is described or registered elsewhere');

  imports
    .command('redis')
    .description('import the older registry that keeps everything in Redis')
    .argument('[url]', 'such as redis://user:password@host:6379/0')
    .option('--environment <name>', 'the environment its endpoints belong to', 'production')
    .option(
      '--keys-file <file>',
      'where new API keys are appended, a line of JSON each',
      'imported-api-keys.jsonl',
    )
    .option('--dry-run', 'say what would be done, and do nothing', false)
    .addHelpText(
      'after',
      `${SOURCE_HELP}
Examples:
  $ mcp-registry import redis redis://localhost:6379/0 --dry-run
  $ pass show old-registry | mcp-registry import redis - --keys-file new-keys.jsonl`,
    )
    .action(
      async (
        argument: string | undefined,
        options: { environment: string; keysFile: string; dryRun: boolean },
        command: Command,
      ) => {
        const source = await openable(argument, {
          protocols: ['redis:', 'rediss:'],
          example: 'redis://user:password@host:6379/0',
        });
        const { importRedis } = await import('../import/redis/import-redis.js');
        await run(command, (bar) => importRedis({ ...options, ...source, progress: bar }));
      },
    );

  imports
    .command('reference')
    .description("import the reference registry's PostgreSQL database, its API keys and history included")
    .argument('[url]', 'such as postgresql://user:password@host:5432/registry')
    .option('--dry-run', 'say what would be done, and do nothing', false)
    .addHelpText(
      'after',
      `${SOURCE_HELP}
Examples:
  $ mcp-registry import reference postgresql://reader@db.example.com/registry --dry-run
  $ MCP_REGISTRY_IMPORT_URL=postgresql://reader:secret@db.example.com/registry mcp-registry import reference`,
    )
    .action(async (argument: string | undefined, options: { dryRun: boolean }, command: Command) => {
      const source = await openable(argument, {
        protocols: ['postgres:', 'postgresql:'],
        example: 'postgresql://user:password@host:5432/registry',
      });
      const { importReference } = await import('../import/reference/import-reference.js');
      await run(command, (bar) => importReference({ ...options, ...source, progress: bar }));
    });
}

/** What is told of wrong usage before the registry is loaded, which takes a second. */
async function openable(
  argument: string | undefined,
  kind: SourceKind,
): Promise<{ url: URL; settings: RegistrySettings }> {
  const settings = await registrySettings();
  return { settings, url: await sourceUrl(argument, kind) };
}

async function run(command: Command, work: (bar: Progress) => Promise<ImportResult>): Promise<void> {
  const { json } = globalOptions(command);
  showImport(await work(progress({ quiet: json })), json);
}
