import type { Command } from 'commander';
import { examples } from '../help.js';
import { positiveNumber } from '../option-values.js';
import { withKnownCredentials } from '../registry/credentials.js';
import type { SearchAnswer } from '../registry/shapes.js';
import { Session } from '../session.js';

interface SearchOptions {
  readonly environment?: string;
  readonly application?: string;
  readonly method?: string;
  readonly healthy?: boolean;
  readonly limit?: number;
}

/** `search`. */
export function addSearchCommand(root: Command): void {
  root
    .command('search')
    .description('find endpoints by a question in words, a name, an operation id or a path')
    .argument('<words...>')
    .option('--environment <name>', 'only this environment; all without it')
    .option('--application <appKey>', 'only this application')
    .option('--method <method>', 'only this HTTP method')
    .option('--healthy', 'only endpoints of healthy environments')
    .option('--limit <number>', 'how many endpoints at most', positiveNumber)
    .addHelpText(
      'after',
      examples(
        'search refund a payment',
        'search POST /payments --environment production',
        'search refund --json',
      ),
    )
    .action(async (words: readonly string[], options: SearchOptions, command: Command) => {
      const { registry, output } = await Session.open(command, withKnownCredentials);
      const { environment, application, method, healthy, limit } = options;
      const found = await registry.get<SearchAnswer>('/search', {
        q: words.join(' '),
        kind: 'endpoints',
        environment,
        application,
        method,
        health: healthy === true ? 'healthy' : undefined,
        limit,
      });
      if (output.writesJson) {
        output.finish(found);
        return;
      }
      output.list(found.hits, {
        SCORE: ({ score }) => score,
        APPLICATION: (hit) => hit.application,
        ENVIRONMENT: (hit) => hit.environment,
        METHOD: (hit) => hit.method,
        PATH: ({ path }) => path,
        NAME: ({ name }) => name,
        HEALTH: ({ health }) => health.status,
      });
      if (found.goodMatch) return;
      const nearest =
        found.suggestions.length === 0 ? '' : ` Nearest names: ${found.suggestions.join(', ')}.`;
      output.say(`No endpoint fits well.${nearest}`);
    });
}
