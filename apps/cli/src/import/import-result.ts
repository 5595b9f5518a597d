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

/** An end before everything was read: the operator's wish, or what made it impossible to go on. */
export interface ImportEnding {
  readonly reason: 'interrupted' | Failure;
  /** How far it came, as in "after 12 of 40 applications". */
  readonly position: string;
}

/** What an import has come to. */
export interface ImportResult {
  readonly tally: ImportTally;
  readonly dryRun: boolean;
  /** Why and where it ended before its time. */
  readonly ending: ImportEnding | undefined;
  /** What else there is to know. */
  readonly notes: readonly string[];
}

/**
 * Shows the result: a table and, on stderr, what is wrong with the source; or all of it as JSON.
 *
 * @throws Failure when something was left behind, or the import ended before its time
 */
export function showImport({ tally, dryRun, ending, notes }: ImportResult, json: boolean): void {
  const output = new Output(json);
  if (json) {
    output.done('', {
      dryRun,
      complete: ending === undefined,
      summary: Object.fromEntries(IMPORTED_KINDS.map((kind) => [kind, countsOf(tally, kind)])),
      numberOfProblems: tally.numberOfProblems,
      problems: tally.problems,
    });
  } else {
    for (const { record, detail } of tally.problems) output.say(`${record}: ${detail}`);
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
  if (ending !== undefined) throw endingOf(ending);
  if (tally.numberOfProblems > 0) {
    const problems = tally.numberOfProblems === 1 ? '1 problem' : `${tally.numberOfProblems} problems`;
    throw new Failure(`${problems}: the rest is ${dryRun ? 'fine' : 'imported'}.`);
  }
}

function endingOf({ reason, position }: ImportEnding): Failure {
  const advice = 'What is written is whole; run it again to go on.';
  return reason === 'interrupted'
    ? new Stopped(`Interrupted ${position}. ${advice}`)
    : new Failure([...reason.lines, `The import ended ${position}. ${advice}`]);
}

function countsOf(tally: ImportTally, kind: ImportedKind): Record<Outcome, number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, tally.count(kind, outcome)])) as Record<
    Outcome,
    number
  >;
}
