import { useSignal } from '@preact/signals';
import { Problem } from '../api/problem.js';
import { CONSOLE_PATH } from '../base-path.js';
import { pathOf } from '../paths.js';
import { outcomeOf, probeNow, reasonOfStatus } from '../state/checks.js';
import type { EnvironmentRow } from '../state/registry.js';
import { Beats } from './beats.js';
import { age, duration, now, percent, took } from './format.js';
import { Action } from './notes.js';
import { Status } from './status.js';

/** Longer lists are for the page of applications. */
const MOST = 20;

interface LinesProps {
  readonly title: string;
  readonly rows: readonly EnvironmentRow[];
  /** The filter of the page of applications that has them all. */
  readonly filter: string;
}

/** Environments that need the operator. Nothing when there are none. */
export function EnvironmentLines({ title, rows, filter }: LinesProps) {
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>
        {title} <span class="muted">{rows.length}</span>
      </h2>
      <ul class="lines">
        {rows.slice(0, MOST).map((row) => (
          <Line key={`${row.appKey} ${row.name}`} row={row} />
        ))}
      </ul>
      {rows.length > MOST && (
        <a href={`${CONSOLE_PATH}/apps?q=${encodeURIComponent(filter)}`}>All {rows.length}</a>
      )}
    </section>
  );
}

function Line({ row }: { readonly row: EnvironmentRow }) {
  const { appKey, name, condition, changedAt, checkedAt, hours, uptime24h, p95 } = row;
  const told = useSignal('');
  const isBusy = useSignal(false);
  const tell = async (text: Promise<string>): Promise<void> => {
    isBusy.value = true;
    try {
      told.value = await text;
    } catch (error) {
      told.value = Problem.from(error).message;
    } finally {
      isBusy.value = false;
    }
  };
  const probe = async (): Promise<string> => {
    const check = (await probeNow(appKey)).find(({ environment }) => environment === name);
    return check === undefined ? reasonOfStatus(appKey, name) : outcomeOf(check);
  };
  return (
    <li>
      <Status condition={condition} />
      <a href={pathOf(appKey, name)}>
        {appKey} / {name}
      </a>
      <span class="muted">
        {changedAt !== null && <>for {duration(now.value - Date.parse(changedAt))} · </>}
        {percent(uptime24h)} · p95 {took(p95)} · checked {age(checkedAt)}
      </span>
      <Beats hours={hours} />
      <span class="buttons">
        <button
          type="button"
          class="small"
          disabled={isBusy.value}
          onClick={() => void tell(reasonOfStatus(appKey, name))}
        >
          Why?
        </button>
        <Action role="editor" class="small" isDisabled={isBusy.value} onClick={() => void tell(probe())}>
          Probe now
        </Action>
      </span>
      <span class="told" role="status">
        {told.value}
      </span>
    </li>
  );
}
