import type { Command } from 'commander';
import { examples } from '../help.js';
import { dryRunOption, wholeNumber, type WriteOptions } from '../option-values.js';
import { segment } from '../registry/registry-client.js';
import type { RenamedApplication } from '../registry/shapes.js';
import { Session } from '../session.js';

const DAY_SECONDS = 86_400;

interface RenameOptions extends WriteOptions {
  readonly aliasDays?: number;
}

/** `apps rename`. */
export function addApplicationRename(apps: Command): void {
  apps
    .command('rename')
    .description('give an application another app key; everything below it stays')
    .argument('<appKey>', 'the app key it has')
    .argument('<newAppKey>', 'the app key it gets')
    .option(
      '--alias-days <days>',
      'how long the old app key names it as well: 30 when left out, 366 at most, 0 for not at all',
      wholeNumber,
    )
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples('apps rename orders purchases', 'apps rename orders purchases --alias-days 90 --dry-run'),
    )
    .action(async (appKey: string, newAppKey: string, options: RenameOptions, command: Command) => {
      const session = await Session.open(command);
      const { aliasDays } = options;
      const gracePeriodSeconds = aliasDays === undefined ? undefined : aliasDays * DAY_SECONDS;
      const renamed = await session.change<RenamedApplication>(
        {
          method: 'POST',
          path: `/applications/${segment(appKey)}/rename`,
          body: { appKey: newAppKey, gracePeriodSeconds },
        },
        options,
      );
      if (renamed !== undefined) session.output.done(`${sentence(appKey, renamed)}.`, renamed);
    });
}

function sentence(appKey: string, { appKey: newAppKey, alias }: RenamedApplication): string {
  const renamed = `Renamed ${appKey} to ${newAppKey}`;
  return alias === null ? renamed : `${renamed}. ${alias.appKey} names it as well until ${alias.expiresAt}`;
}
