import type { Command } from 'commander';
import { Failure } from '../failure.js';
import { globalOptions } from '../global-options.js';
import { examples } from '../help.js';
import { positiveNumber, yesOption } from '../option-values.js';
import type { AuditEntry, AuditHead } from '../registry/shapes.js';
import { Session } from '../session.js';
import { Output } from '../terminal/output.js';

const DEFAULT_LIMIT = 50;

interface ListOptions {
  readonly application?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly operator?: string;
  readonly environment?: string;
  readonly resource?: string;
  readonly request?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

interface AdoptOptions {
  readonly yes?: boolean;
}

interface VerifyOptions {
  readonly head?: string;
}

/** `audit list|head|verify|adopt`. */
export function addAuditCommands(root: Command): void {
  const audit = root.command('audit').description('the audit trail');
  addList(audit);
  addHead(audit);
  addVerify(audit);
  addAdopt(audit);
}

function addList(audit: Command): void {
  audit
    .command('list')
    .description('who did what, newest first; --json has the values before and after')
    .option('--application <appKey>', 'only entries of this application')
    .option('--action <action>', 'only this action, such as application.updated')
    .option('--actor <actor>', 'only by admin, application, registry, anonymous, or the API key with this id')
    .option('--operator <name>', 'only by, or of, this operator; REGISTRY_ADMIN_KEY for that key')
    .option('--environment <name>', 'only entries of environments with this name')
    .option('--resource <id>', 'only entries of the thing with this id')
    .option('--request <id>', 'only what the request with this X-Request-Id did')
    .option('--reason <reason>', 'only credentials refused for this reason, such as expired-api-key')
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
      const { application, resource, request, limit, ...same } = options;
      const query = { app_key: application, resource_id: resource, request_id: request, ...same };
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

function addHead(audit: Command): void {
  audit
    .command('head')
    .description('up to where the trail is sealed: keep it elsewhere, for audit verify --head')
    .addHelpText('after', examples('audit head', 'audit head --json > head.json'))
    .action(async (_options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      const head = await registry.get<AuditHead>('/audit-logs/head');
      output.one(head, {
        number: head.number,
        hash: head.hash,
        'sealed at': head.sealedAt ?? 'never',
        'not sealed yet': head.unsealed,
      });
    });
}

function addVerify(audit: Command): void {
  audit
    .command('verify')
    .description('find entries that were changed, removed or inserted in the database')
    .option('--head <head>', 'a head that was kept, as number:hash or a file of audit head --json')
    .addHelpText(
      'after',
      `${examples('audit verify', 'audit verify --head head.json --json')}

It reads the database of DATABASE_URL, and needs the SECRET_KEY of the service; both come from the environment or from
.env in the working directory. Exit code 1: the trail is not as the registry wrote it.`,
    )
    .action(async ({ head }: VerifyOptions, command: Command) => {
      const { verifyTrail } = await import('../database/verify-trail.js');
      const { json } = globalOptions(command);
      const output = new Output(json);
      const verified = await verifyTrail(head);
      const { entries, pruned, unsealed, problems, numberOfProblems } = verified;
      for (const problem of json ? [] : problems) output.say(problem);
      if (numberOfProblems > problems.length && !json) {
        output.say(`... and ${numberOfProblems - problems.length} more`);
      }
      if (verified.keptHeadIsPruned && !json) {
        output.say('The head that was kept was pruned since, and could not be compared: keep a newer one.');
      }
      output.done(
        `${entries} entries up to number ${verified.head.number}, ${pruned} pruned before, ${unsealed} not sealed yet.`,
        verified,
      );
      if (numberOfProblems > 0) {
        throw new Failure(
          `${numberOfProblems === 1 ? '1 problem' : `${numberOfProblems} problems`}: the audit trail is not as the registry wrote it.`,
        );
      }
    });
}

function addAdopt(audit: Command): void {
  audit
    .command('adopt')
    .description('sign the trail as it is, where SECRET_KEY was replaced or missing')
    .addOption(yesOption())
    .addHelpText(
      'after',
      `${examples('audit adopt --yes')}

Needed where SECRET_KEY was replaced without the former one in the list, or mcp-registry migrate ran without it. It makes
genuine whatever is in the trail: look at it before.`,
    )
    .action(async ({ yes }: AdoptOptions, command: Command) => {
      const { adopt } = await import('../database/adopt-trail.js');
      const output = new Output(globalOptions(command).json);
      const entries = await adopt(yes === true);
      output.done(
        entries === undefined ? 'The trail is signed already.' : `Signed the trail up to number ${entries}.`,
        {
          signed: entries ?? 0,
        },
      );
    });
}
