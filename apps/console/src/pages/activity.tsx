import { useSignal } from '@preact/signals';
import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { useUrlState } from '../state/url-state.js';
import { AUDIT_ACTIONS } from '../ui/audit-entry.js';
import { AuditList } from '../ui/audit-list.js';
import { Command, quoted } from '../ui/copy.js';
import { textOf } from '../ui/form.js';

/** Filters that are typed: the name of the API, the label, and the option of the command line. */
const TYPED = [
  ['app_key', 'App key', 'application'],
  ['environment', 'Environment', 'environment'],
  ['operator', 'Operator', 'operator'],
  ['reason', 'Reason of refusal', 'reason'],
  ['request_id', 'Request id', 'request'],
] as const;
const TIMES = [
  ['from', 'From', 'from'],
  ['to', 'To', 'to'],
] as const;
const OPTIONS = [['action', 'Action', 'action'], ...TYPED, ...TIMES] as const;

/** The audit trail. */
export function Activity() {
  const url = useUrlState();
  const filters = Object.fromEntries(
    OPTIONS.flatMap(([name]) => (url.get(name) === '' ? [] : [[name, url.get(name)]])),
  );
  const apply = (event: SubmitEvent): void => {
    event.preventDefault();
    const values = new FormData(event.currentTarget as HTMLFormElement);
    url.set(
      Object.fromEntries(
        OPTIONS.map(([name]) => {
          const text = textOf(values, name);
          const isTime = name === 'from' || name === 'to';
          return [name, isTime && text !== '' ? new Date(text).toISOString() : text];
        }),
      ),
    );
  };
  const options = OPTIONS.flatMap(([name, , option]) =>
    url.get(name) === '' ? [] : [`--${option} ${quoted(url.get(name))}`],
  );
  const shown = Object.entries(filters);
  return (
    <>
      <h1>Activity</h1>
      <form class="toolbar" key={JSON.stringify(filters)} onSubmit={apply}>
        <select name="action" aria-label="Action">
          <option value="">any action</option>
          {AUDIT_ACTIONS.map((action) => (
            <option key={action} value={action} selected={action === url.get('action')}>
              {action}
            </option>
          ))}
        </select>
        {TYPED.map(([name, label]) => (
          <input key={name} name={name} aria-label={label} placeholder={label} defaultValue={url.get(name)} />
        ))}
        {TIMES.map(([name, label]) => (
          <label key={name}>
            {label} <input name={name} type="datetime-local" defaultValue={localTime(url.get(name))} />
          </label>
        ))}
        <button type="submit">Filter</button>
        <Export filters={filters} />
      </form>
      {shown.length > 0 && (
        <div class="toolbar" role="group" aria-label="Filters">
          {shown.map(([name, value]) => (
            <button
              key={name}
              type="button"
              class="small"
              aria-label={`Remove the filter ${name}`}
              onClick={() => {
                url.set({ [name]: '' });
              }}
            >
              {name}: {value} ✕
            </button>
          ))}
        </div>
      )}
      <AuditList
        filters={filters}
        none={shown.length === 0 ? 'Nothing has happened yet.' : 'No entry matches these filters.'}
      />
      <Command text={['mcp-registry audit list', ...options].join(' ')} />
    </>
  );
}

/** The filtered trail as a file, one entry a line. */
function Export({ filters }: { readonly filters: Readonly<Record<string, string>> }) {
  const told = useSignal('');
  const save = async (): Promise<void> => {
    told.value = 'Reading …';
    try {
      const { data } = await api.GET('/audit-logs', {
        params: { query: filters },
        headers: { Accept: 'application/x-ndjson' },
        parseAs: 'blob',
      });
      if (data === undefined) return;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(data);
      link.download = 'audit-trail.ndjson';
      link.click();
      URL.revokeObjectURL(link.href);
      told.value = '';
    } catch (error) {
      told.value = Problem.from(error).message;
    }
  };
  return (
    <>
      <button type="button" onClick={() => void save()}>
        Export NDJSON
      </button>
      <span role="status">{told.value}</span>
    </>
  );
}

/** As a field for date and time takes it. */
function localTime(time: string): string {
  if (Number.isNaN(Date.parse(time))) return '';
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
