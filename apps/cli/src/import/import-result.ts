import {
  type ImportCounts,
  IMPORTED_KINDS,
  type ImportedKind,
  type Outcome,
  OUTCOMES,
} from '#registry/imports/import-counts.js';
import type { RecordList } from '#registry/imports/record-list.js';
import { Failure } from '../failure.js';
import { Output } from '../terminal/output.js';
import type { LeftBehind } from './reference/left-behind.js';

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

const SHOWN_REMARKS = 20;

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
  /** API keys that the source accepts and this registry refuses. */
  readonly refusedKeys?: RecordList;
  /** What of the source no import takes over. */
  readonly leftBehind?: readonly LeftBehind[];
}

/**
 * Shows the result: a table and, on stderr, the problems of the source; or all of it as JSON.
 *
 * @throws Failure when something was not imported, or the import ended early
 */
export function showImport(result: ImportResult, json: boolean): void {
  const { tally, dryRun, ending, notes, refusedKeys, leftBehind } = result;
  const { problems, kept } = tally;
  const output = new Output(json);
  if (json) {
    output.done('', {
      dryRun,
      complete: ending === undefined,
      summary: Object.fromEntries(IMPORTED_KINDS.map((kind) => [kind, countsOf(tally, kind)])),
      numberOfProblems: problems.total,
      problems: problems.remarks,
      kept: kept.remarks,
      ...(refusedKeys && { refusedKeys: refusedKeys.remarks }),
      ...(leftBehind && { leftBehind }),
    });
  } else {
    sayAll(output, problems);
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
  if (!json) {
    saySome(output, 'Changed here since the last import, and left alone (--overwrite):', kept);
    saySome(output, 'Accepted by the reference, refused here:', refusedKeys);
    if (leftBehind !== undefined && leftBehind.length > 0) output.say(`Stays behind: ${listed(leftBehind)}.`);
  }
  if (ending !== undefined) throw endedEarly(ending);
  if (problems.total > 0) {
    const count = problems.total === 1 ? '1 problem' : `${problems.total} problems`;
    throw new Failure(`${count}: the rest is ${dryRun ? 'fine' : 'imported'}.`);
  }
}

function sayAll(output: Output, { remarks, total }: RecordList, shown = remarks.length): void {
  for (const { record, detail } of remarks.slice(0, shown)) output.say(`${record}: ${detail}`);
  const hidden = total - Math.min(shown, remarks.length);
  if (hidden > 0) output.say(`... and ${hidden} more`);
}

/** Remarks that are no problem: the first of them, since --json has all. */
function saySome(output: Output, title: string, list: RecordList | undefined): void {
  if (list === undefined || list.total === 0) return;
  output.say(title);
  sayAll(output, list, SHOWN_REMARKS);
}

function listed(leftBehind: readonly LeftBehind[]): string {
  return leftBehind.map(({ kind, count }) => `${kind} ${count ?? '(not readable)'}`).join(', ');
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
