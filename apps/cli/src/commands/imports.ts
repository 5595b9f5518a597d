import { type Command, InvalidArgumentError, Option } from 'commander';
import { IMPORTED_PARTS, type ImportedPart } from '#libs/domain/imported-parts.js';
import { commandGroup } from '../command-group.js';
import { globalOptions } from '../global-options.js';
import type { RedisImportOptions, ReferenceImportOptions } from '../import/imports.js';
import { dryRunOption } from '../option-values.js';

const SOURCE_HELP = `
The URL may also come from MCP_REGISTRY_IMPORT_URL, from standard input (-) or from a prompt: what stands on a command
line can be seen by others, its password included. The registry's database is that of DATABASE_URL.

Each application is written whole or not at all. It can be run again, and writes differences only.
`;

/** `import redis|reference`: copies another registry into the database of this one. */
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
    .addOption(overwriteOption())
    .addOption(dryRunOption('say what would be done, and do nothing'))
    .addHelpText(
      'after',
      `${SOURCE_HELP}
Examples:
  $ mcp-registry import redis redis://localhost:6379/0 --dry-run
  $ pass show old-registry | mcp-registry import redis - --keys-file new-keys.jsonl`,
    )
    .action(async (argument: string | undefined, options: RedisImportOptions, command: Command) => {
      const { fromRedis } = await import('../import/imports.js');
      await fromRedis(argument, options, globalOptions(command));
    });

  imports
    .command('reference')
    .description("import the reference registry's PostgreSQL database, its API keys and history included")
    .argument('[url]', 'such as postgresql://user:password@host:5432/registry')
    .option(
      '--only <parts>',
      `what to import, with commas between: ${IMPORTED_PARTS.join(', ')} (environments with their endpoints)`,
      parts,
    )
    .addOption(overwriteOption())
    .addOption(dryRunOption('say what would be done, and do nothing'))
    .addHelpText(
      'after',
      `${SOURCE_HELP}
Examples:
  $ mcp-registry import reference postgresql://reader@db.example.com/registry --dry-run
  $ MCP_REGISTRY_IMPORT_URL=postgresql://reader:secret@db.example.com/registry mcp-registry import reference`,
    )
    .action(async (argument: string | undefined, options: ReferenceImportOptions, command: Command) => {
      const { fromReference } = await import('../import/imports.js');
      await fromReference(argument, options, globalOptions(command));
    });
}

function overwriteOption(): Option {
  return new Option('--overwrite', 'take the values of the source also where they were changed here since');
}

/** @throws InvalidArgumentError, which commander shows with the option's name */
function parts(text: string): ImportedPart[] {
  return text.split(',').map((word) => {
    const part = IMPORTED_PARTS.find((each) => each === word.trim());
    if (part === undefined) throw new InvalidArgumentError(`Allowed are ${IMPORTED_PARTS.join(', ')}.`);
    return part;
  });
}
