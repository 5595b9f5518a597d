import {
  IMPORTED_KINDS,
  type ImportedKind,
  type ImportTally,
  type Outcome,
  OUTCOMES,
} from '#registry/imports/import-tally.js';
import { Failure } from '../failure.js';
import { Output } from '../terminal/output.js';

const NAMES: Readonly<Record<ImportedKind, string>> = {
  applications: 'applications',
  environments: 'environments',
  endpoints: 'endpoints',
  apiKeys: 'API keys',
  healthChecks: 'health checks',
  auditEntries: 'audit entries',
};

/** The operator ended the import. Exit code 130, as of a program that SIGINT ends. */
class Stopped extends Failure {
  override readonly name = 'Stopped';
  override readonly exitCode = 130;
}

/** What an import has come to. */
export interface ImportResult {
  readonly tally: ImportTally;
  readonly dryRun: boolean;
  /** How far it came, when it was interrupted. */
  readonly stoppedAt: string | undefined;
  /** What else there is to know. */
  readonly notes: readonly string[];
}

/**
 * Shows the result: a table and, on stderr, what is wrong with the source; or all of it as JSON.
 *
 * @throws Failure when something was left behind, or the import was interrupted
 */
export function showImport({ tally, dryRun, stoppedAt, notes }: ImportResult, json: boolean): void {
  const output = new Output(json);
  if (json) {
    output.done('', {
      dryRun,
      interrupted: stoppedAt !== undefined,
      summary: Object.fromEntries(IMPORTED_KINDS.map((kind) => [kind, countsOf(tally, kind)])),
      numberOfProblems: tally.numberOfProblems,
      problems: tally.problems,
    });
  } else {
    for (const { record, detail } of tally.problems) output.say(printable(`${record}: ${detail}`));
    const hidden = tally.numberOfProblems - tally.problems.length;
    if (hidden > 0) output.say(`... and ${hidden} more`);
    output.list(
      IMPORTED_KINDS.map((kind) => ({ kind, ...countsOf(tally, kind) })),
      {
        [dryRun ? 'WOULD BE' : '']: ({ kind }) => NAMES[kind],
        ...Object.fromEntries(
          OUTCOMES.map((outcome) => [
            outcome.toUpperCase(),
            (row: Record<Outcome, number>): number => row[outcome],
          ]),
        ),
      },
    );
  }
  for (const note of notes) output.say(note);
  if (stoppedAt !== undefined) {
    throw new Stopped(`Interrupted: ${stoppedAt}. What is written is whole; run it again to go on.`);
  }
  if (tally.numberOfProblems > 0) {
    throw new Failure(`${tally.numberOfProblems} problems: the rest is ${dryRun ? 'fine' : 'imported'}.`);
  }
}

function countsOf(tally: ImportTally, kind: ImportedKind): Record<Outcome, number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, tally.count(kind, outcome)])) as Record<
    Outcome,
    number
  >;
}

/** Names in the source are others' text: control characters must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
