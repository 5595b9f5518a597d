import type { Command } from 'commander';
import { globalOptions } from '../global-options.js';
import { examples } from '../help.js';
import { dryRunOption, type WriteOptions } from '../option-values.js';
import { Output } from '../terminal/output.js';

/** `migrate`. */
export function addMigrateCommand(root: Command): void {
  root
    .command('migrate')
    .description("bring the schema of DATABASE_URL up to date, as the service's start does")
    .addOption(dryRunOption('list the migrations that would run, and run none'))
    .addHelpText(
      'after',
      `${examples('migrate --dry-run', 'migrate')}

DATABASE_URL, and DATABASE_DIRECT_URL where a transaction pooler stands before the database, come from the
environment or from .env in the working directory. No registry needs to run.`,
    )
    .action(async ({ dryRun }: WriteOptions, command: Command) => {
      // Loads TypeORM, which would slow down every other command.
      const { migrate, migrationsToRun } = await import('../database/migrate.js');
      const output = new Output(globalOptions(command).json);
      const names = await (dryRun === true ? migrationsToRun() : migrate());
      const sentence = `${dryRun === true ? 'Would apply' : 'Applied'} ${names.join(', ')}.`;
      output.done(
        names.length === 0 ? 'The schema is up to date.' : sentence,
        dryRun === true ? { wouldApply: names } : { applied: names },
      );
    });
}
