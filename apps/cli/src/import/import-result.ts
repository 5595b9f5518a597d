import {
  type ImportCounts,
  IMPORTED_KINDS,
  type ImportedKind,
  type Outcome,
  OUTCOMES,
} from '#registry/imports/import-counts.js';
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

/** The operator interrupted the import. Exit code 130, as after SIGINT. */
class Stopped extends Failure {
  override readonly name = 'Stopped';
  override readonly exitCode = 130;
}

/** Why an import ended early: the operator interrupted it, or an error stopped it. */
export interface ImportEnding {
  readonly reason: 'interrupted' | Failure;
  /** The progress, as in "after 12 of 40 applications". */
  readonly position: string;
}

/** The result of an import. */
export interface ImportResult {
  readonly tally: ImportCounts;
  readonly dryRun: boolean;
  /** Set when it ended early. */
  readonly ending: ImportEnding | undefined;
  /** Notes for the operator. */
  readonly notes: readonly string[];
}

/**
 * Shows the result: a table and, on stderr, the problems of the source; or all of it as JSON.
 *
 * @throws Failure when something was not imported, or the import ended early
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
  if (ending !== undefined) throw endedEarly(ending);
  if (tally.numberOfProblems > 0) {
    const problems = tally.numberOfProblems === 1 ? '1 problem' : `${tally.numberOfProblems} problems`;
    throw new Failure(`${problems}: the rest is ${dryRun ? 'fine' : 'imported'}.`);
  }
}

function endedEarly({ reason, position }: ImportEnding): Failure {
  const advice = 'Everything written is complete; run it again to continue.';
  return reason === 'interrupted'
    ? new Stopped(`Interrupted ${position}. ${advice}`)
    : new Failure([...reason.lines, `The import ended ${position}. ${advice}`]);
}

function countsOf(tally: ImportCounts, kind: ImportedKind): Record<Outcome, number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, tally.count(kind, outcome)])) as Record<
    Outcome,
    number
  >;
}
