import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { useLoad } from '../state/load.js';
import { type AuditEntry, AuditSentence } from './audit-entry.js';
import { Loading, ProblemNote } from './notes.js';

/** Filters of the audit trail by the names of the API. */
export type AuditFilters = Readonly<Record<string, string>>;

/** Entries of the audit trail, the latest first, and older ones on demand. */
export function AuditList({ filters, none }: { readonly filters: AuditFilters; readonly none: string }) {
  const identity = JSON.stringify(filters);
  const latest = useLoad(identity, () => page(filters), { audit: true });
  const older = useSignal<readonly AuditEntry[]>([]);
  const cursor = useSignal<string | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    older.value = [];
    cursor.value = undefined;
  }, [identity]);
  const more = async (from: string): Promise<void> => {
    try {
      const next = await page(filters, from);
      older.value = [...older.value, ...next.entries];
      cursor.value = next.cursor ?? '';
      problem.value = undefined;
    } catch (error) {
      problem.value = Problem.from(error);
    }
  };
  return (
    <Loading of={latest}>
      {({ entries, cursor: first }) => {
        const known = new Set(entries.map(({ id }) => id));
        const from = cursor.value ?? first;
        return (
          <>
            {[...entries, ...older.value.filter(({ id }) => !known.has(id))].map((entry) => (
              <AuditSentence key={entry.id} entry={entry} />
            ))}
            {entries.length === 0 && <p class="muted">{none}</p>}
            <ProblemNote problem={problem.value} retry={() => void more(from ?? '')} />
            {from !== undefined && from !== '' && (
              <p>
                <button type="button" onClick={() => void more(from)}>
                  Older entries
                </button>
              </p>
            )}
          </>
        );
      }}
    </Loading>
  );
}

async function page(
  filters: AuditFilters,
  cursor?: string,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly cursor: string | undefined }> {
  const query = { ...filters, limit: 50, ...(cursor !== undefined && { cursor }) };
  const { data = [], response } = await api.GET('/audit-logs', { params: { query } });
  return { entries: data, cursor: nextCursor(response) };
}

/** The cursor of the next page; undefined on the last one. */
function nextCursor({ headers }: Response): string | undefined {
  const [, target] = /<([^>]*)>;\s*rel="?next"?/.exec(headers.get('link') ?? '') ?? [];
  return target === undefined
    ? undefined
    : (new URL(target, location.href).searchParams.get('cursor') ?? undefined);
}
