import type { ImportCounts } from './import-counts.js';

/** Why a record that an earlier import added is not added again. */
export const REMOVED_HERE = 'was deleted or renamed here';

/** Names a record whose fields were changed here, and stay. */
export function noteKept(
  { kept }: { readonly kept?: readonly string[] },
  record: string,
  tally: ImportCounts,
): void {
  if (kept !== undefined) tally.kept.add(record, `${kept.join(', ')} changed here`);
}
