import { api } from '../api/client.js';
import { type ListPage, nextCursor, usePages } from '../state/pages.js';
import { type AuditEntry, AuditSentence } from './audit-entry.js';
import { Loading, More } from './notes.js';

/** Filters of the audit trail by the names of the API. */
export type AuditFilters = Readonly<Record<string, string>>;

/** Entries of the audit trail, the latest first, and older ones on demand. */
export function AuditList({ filters, none }: { readonly filters: AuditFilters; readonly none: string }) {
  const entries = usePages(JSON.stringify(filters), (cursor) => page(filters, cursor), { audit: true });
  return (
    <Loading of={entries}>
      {(list) => (
        <>
          {list.map((entry) => (
            <AuditSentence key={entry.id} entry={entry} />
          ))}
          {list.length === 0 && <p class="muted">{none}</p>}
          <More of={entries} label="Older entries" />
        </>
      )}
    </Loading>
  );
}

async function page(filters: AuditFilters, cursor?: string): Promise<ListPage<AuditEntry>> {
  const query = { ...filters, limit: 50, ...(cursor !== undefined && { cursor }) };
  const { data = [], response } = await api.GET('/audit-logs', { params: { query } });
  return { items: data, cursor: nextCursor(response) };
}
