/** Kinds of imported records. */
export const IMPORTED_KINDS = [
  'applications',
  'environments',
  'endpoints',
  'apiKeys',
  'healthChecks',
  'auditEntries',
] as const;
export type ImportedKind = (typeof IMPORTED_KINDS)[number];

/** Outcomes of a record; `skipped`: not imported. */
export const OUTCOMES = ['added', 'updated', 'deleted', 'unchanged', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A record that was not imported as it is. */
export interface ImportProblem {
  /** Location in the source. */
  readonly record: string;
  readonly detail: string;
}

/** More are only counted: a broken source must not fill the memory. */
const MAX_PROBLEMS = 1000;

/** Counts and problems of an import, or of a part of it. */
export class ImportCounts {
  readonly problems: ImportProblem[] = [];
  private readonly counts = new Map<string, number>();
  private problemCount = 0;

  /** Number of problems, including those not kept. */
  get numberOfProblems(): number {
    return this.problemCount;
  }

  add(kind: ImportedKind, outcome: Outcome, count = 1): void {
    this.counts.set(`${kind} ${outcome}`, this.count(kind, outcome) + count);
  }

  count(kind: ImportedKind, outcome: Outcome): number {
    return this.counts.get(`${kind} ${outcome}`) ?? 0;
  }

  problem(record: string, detail: string): void {
    this.problemCount += 1;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ record, detail });
  }

  /** Adds the counts and problems of a part. */
  include(part: ImportCounts): void {
    for (const kind of IMPORTED_KINDS) {
      for (const outcome of OUTCOMES) {
        const count = part.count(kind, outcome);
        if (count > 0) this.add(kind, outcome, count);
      }
    }
    for (const { record, detail } of part.problems) this.problem(record, detail);
    this.problemCount += part.problemCount - part.problems.length;
  }
}
