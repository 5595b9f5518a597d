import type { Command } from 'commander';
import { examples } from '../help.js';
import { positiveNumber } from '../option-values.js';
import type { AuditEntry } from '../registry/shapes.js';
import { Session } from '../session.js';

const DEFAULT_LIMIT = 50;

interface ListOptions {
  readonly application?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly operator?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** `audit list`. */
export function addAuditCommands(root: Command): void {
  root
    .command('audit')
    .description('the audit trail')
    .command('list')
    .description('who did what, newest first; --json has the values before and after')
    .option('--application <appKey>', 'only entries of this application')
    .option('--action <action>', 'only this action, such as application.updated')
    .option('--actor <actor>', 'only by admin, application, registry, anonymous, or the API key with this id')
    .option('--operator <name>', 'only by, or of, this operator; REGISTRY_ADMIN_KEY for that key')
    .option('--from <time>', 'only entries at or after this time, such as 2026-01-31T00:00:00Z')
    .option('--to <time>', 'only entries before this time')
    .option('--limit <count>', 'how many at most', positiveNumber, DEFAULT_LIMIT)
    .addHelpText(
      'after',
      examples(
        'audit list --application orders --limit 10',
        'audit list --actor anonymous --from 2026-01-31T00:00:00Z --json',
      ),
    )
    .action(async (options: ListOptions, command: Command) => {
      const { registry, output } = await Session.open(command);
      const { application, action, actor, operator, from, to, limit } = options;
      const query = { app_key: application, action, actor, operator, from, to };
      await output.pages(registry.pages<AuditEntry>('/audit-logs', { query, most: limit }), {
        TIME: ({ createdAt }) => createdAt,
        ACTION: (entry) => entry.action,
        ACTOR: ({ actor, operatorName }) => operatorName ?? actor,
        APPLICATION: ({ appKey }) => appKey,
        ENVIRONMENT: ({ environment }) => environment,
        FROM: ({ ipAddress }) => ipAddress,
      });
    });
}
