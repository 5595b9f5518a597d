import { RecordList } from './record-list.js';

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

/** Outcomes of a record; `kept`: it differs, and what was changed here stays; `skipped`: not imported. */
export const OUTCOMES = ['added', 'updated', 'deleted', 'unchanged', 'kept', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Counts and remarks of an import, or of a part of it. */
export class ImportCounts {
  /** Records that were not imported as they are. */
  readonly problems = new RecordList();
  /** Records that differ from what was changed here since the last import, which stays. */
  readonly kept = new RecordList();
  private readonly counts = new Map<string, number>();

  add(kind: ImportedKind, outcome: Outcome, count = 1): void {
    this.counts.set(`${kind} ${outcome}`, this.count(kind, outcome) + count);
  }

  count(kind: ImportedKind, outcome: Outcome): number {
    return this.counts.get(`${kind} ${outcome}`) ?? 0;
  }

  problem(record: string, detail: string): void {
    this.problems.add(record, detail);
  }

  /** Adds the counts and remarks of a part. */
  include(part: ImportCounts): void {
    for (const kind of IMPORTED_KINDS) {
      for (const outcome of OUTCOMES) {
        const count = part.count(kind, outcome);
        if (count > 0) this.add(kind, outcome, count);
      }
    }
    this.problems.include(part.problems);
    this.kept.include(part.kept);
  }
}
