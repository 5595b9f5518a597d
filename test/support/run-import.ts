import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runHosted } from './hosted-command.js';
import { expect } from './jest.js';
import { type CommandResult, runCommand } from './run-command.js';
import { GIVEN_SECRETS } from './secrets.js';

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.js', import.meta.url));

export interface ImportSurroundings {
  /** Of the registry's database; none when left out. */
  readonly databaseUrl?: string;
  /** Goes the way passwords should: by standard input, where the parameters say `-`. */
  readonly sourceUrl?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run in a process of its own, which takes ten times as long as in the command host. */
  readonly ownProcess?: boolean;
}

interface ImportRemark {
  readonly record: string;
  readonly detail: string;
}

/** What `--json` says of an import. */
export interface ImportSummary {
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly summary: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly numberOfProblems: number;
  readonly problems: readonly ImportRemark[];
  readonly kept: readonly ImportRemark[];
  readonly refusedKeys?: readonly ImportRemark[];
  readonly leftBehind?: readonly unknown[];
}

/** Runs the built `mcp-registry import …` to its end. */
export function runImport(
  parameters: readonly string[],
  { databaseUrl, sourceUrl = '', cwd, env, ownProcess = false }: ImportSurroundings,
): Promise<CommandResult> {
  const surroundings = { cwd, stdin: sourceUrl, env: environment(databaseUrl, env) };
  return ownProcess
    ? runCommand(process.execPath, [MAIN, 'import', ...parameters], surroundings)
    : runHosted(['import', ...parameters], surroundings);
}

/** As {@link runImport}, of a process that goes on. */
export function startImport(
  parameters: readonly string[],
  { databaseUrl, cwd, env }: ImportSurroundings,
): ChildProcess {
  return spawn(process.execPath, [MAIN, 'import', ...parameters], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environment(databaseUrl, env) },
  });
}

function environment(
  databaseUrl: string | undefined,
  env: ImportSurroundings['env'],
): Record<string, string> {
  return {
    ...GIVEN_SECRETS,
    BCRYPT_COST: '4',
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    ...env,
  };
}

/** Fails unless the import found nothing to write. */
export function expectNothingNew({ summary }: ImportSummary): void {
  for (const counts of Object.values(summary)) {
    expect(counts).toMatchObject({ added: 0, updated: 0, deleted: 0 });
  }
}

/** The summary on stdout of an import that was asked for JSON. */
export function summaryOf({ stdout }: CommandResult): ImportSummary {
  return JSON.parse(stdout) as ImportSummary;
}
