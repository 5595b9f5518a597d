import { useComputed } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { pathOf } from '../paths.js';
import { columnsOf, endpointsOf, filtered, least, sorted } from '../state/application-filter.js';
import {
  type ApplicationRow,
  applications,
  type EnvironmentRow,
  refreshOverview,
  registryProblem,
} from '../state/registry.js';
import { useUrlState } from '../state/url-state.js';
import { Beats } from '../ui/beats.js';
import { Chips } from '../ui/chips.js';
import { Command } from '../ui/copy.js';
import { CreateApplication } from '../ui/create-application.js';
import { FilterBox } from '../ui/filter-box.js';
import { age, counted, percent, took } from '../ui/format.js';
import { useHeldOrder } from '../ui/held-order.js';
import { Action, ProblemNote, Skeleton } from '../ui/notes.js';
import { StatusShape } from '../ui/status.js';
import { type Column, Table } from '../ui/table.js';

/** All applications, each with its environments. */
export function Applications() {
  const url = useUrlState();
  const filter = url.get('q');
  const sort = url.get('sort');
  const box = useRef<HTMLDivElement>(null);
  const all = applications.value;
  const columns = useComputed(() => columnsFor(applications.value ?? []));
  // Sorted before it is filtered: keystrokes change the filter only.
  const inOrder = useMemo(() => sorted(all ?? [], sort), [all, sort]);
  const found = filtered(inOrder, filter);
  const { rows, moved, release } = useHeldOrder(found, `${sort} ${filter}`, keyOf, box);
  const setFilter = (q: string): void => {
    url.set({ q });
  };
  return (
    <>
      <div class="toolbar">
        <h1>Applications</h1>
        <span class="muted">
          {all !== undefined && (filter === '' ? all.length : `${rows.length} of ${all.length}`)}
        </span>
        {moved > 0 && (
          <button type="button" class="pill" onClick={release}>
            {counted(moved, 'change')} · update
          </button>
        )}
        <span class="grow" />
        <Action
          role="editor"
          class="primary"
          onClick={() => {
            url.set({ create: '1' });
          }}
        >
          Create
        </Action>
      </div>
      <FilterBox
        label="Filter applications"
        placeholder="is:down env:production key:expiring text"
        value={filter}
        onInput={setFilter}
      />
      <Chips filter={filter} onFilter={setFilter} />
      <ProblemNote problem={registryProblem.value} retry={() => void refreshOverview()} />
      {all === undefined && registryProblem.value === undefined && <Skeleton rows={12} />}
      {rows.length > 0 && (
        <Table
          label="Applications"
          box={box}
          rows={rows}
          columns={columns.value}
          keyOf={keyOf}
          sort={sort}
          onSort={(next) => {
            url.set({ sort: next });
          }}
        />
      )}
      {all?.length === 0 && <p>No application is registered yet.</p>}
      {all !== undefined && all.length > 0 && rows.length === 0 && (
        <p>
          No application matches <code>{filter}</code>.{' '}
          <button
            type="button"
            class="small"
            onClick={() => {
              setFilter('');
            }}
          >
            Clear filter
          </button>
        </p>
      )}
      <Command text="mcp-registry apps list" />
      {url.get('create') !== '' && (
        <CreateApplication
          onClose={() => {
            url.set({ create: '' });
          }}
        />
      )}
    </>
  );
}

function keyOf({ appKey }: ApplicationRow): string {
  return appKey;
}

function columnsFor(all: readonly ApplicationRow[]): Column<ApplicationRow>[] {
  const names = columnsOf(all);
  const isElsewhere = ({ name }: EnvironmentRow): boolean => !names.includes(name);
  return [
    {
      title: 'Application',
      sort: '',
      class: 'name',
      cell: ({ appKey, name, condition, isActive }) => (
        <>
          <StatusShape condition={condition} /> <a href={pathOf(appKey)}>{name}</a>{' '}
          <span class="muted">{appKey}</span> {!isActive && <span class="tag">inactive</span>}
        </>
      ),
    },
    ...names.map((title): Column<ApplicationRow> => ({
      title,
      class: 'environment',
      cell: ({ environments }) => {
        const row = environments.find(({ name }) => name === title);
        return row && <EnvironmentCell row={row} />;
      },
    })),
    ...(all.some(({ environments }) => environments.some(isElsewhere)) ? [others(isElsewhere)] : []),
    { title: 'Uptime', sort: 'uptime', isWide: true, class: 'number', cell: (row) => percent(least(row)) },
    { title: 'Endpoints', sort: 'endpoints', isWide: true, class: 'number', cell: endpointsOf },
    { title: 'Keys', sort: 'keys', isWide: true, class: 'number', cell: keysOf },
  ];
}

function others(isElsewhere: (row: EnvironmentRow) => boolean): Column<ApplicationRow> {
  return {
    title: 'Others',
    isWide: true,
    cell: ({ environments }) =>
      environments.filter(isElsewhere).map(({ appKey, name, condition }) => (
        <a key={name} href={pathOf(appKey, name)} title={name}>
          <StatusShape condition={condition} />
        </a>
      )),
  };
}

function EnvironmentCell({ row }: { readonly row: EnvironmentRow }) {
  const { appKey, name, condition, hours, p95 } = row;
  return (
    <a href={pathOf(appKey, name)} aria-label={`${name}: ${condition}`}>
      <StatusShape condition={condition} /> <Beats hours={hours} />{' '}
      <span class="wide muted">{took(p95)}</span>
    </a>
  );
}

function keysOf({ environments }: ApplicationRow): string {
  const count = environments.reduce((sum, { keys }) => sum + keys, 0);
  const [soonest] = environments.flatMap(({ soonestKeyExpiry }) => soonestKeyExpiry ?? []).sort();
  return soonest === undefined ? String(count) : `${count} · ${age(soonest)}`;
}
