import { api } from '../api/client.js';
import { CONSOLE_PATH } from '../base-path.js';
import { pathOf } from '../paths.js';
import { expiresSoon, untilExpiry } from '../state/application-filter.js';
import { useLoad } from '../state/load.js';
import { refusedCredentials } from '../state/refused-credentials.js';
import {
  applications,
  type EnvironmentRow,
  environments,
  refreshOverview,
  registryProblem,
} from '../state/registry.js';
import { AuditSentence } from '../ui/audit-entry.js';
import { Checklist } from '../ui/checklist.js';
import { Command } from '../ui/copy.js';
import { EnvironmentLines } from '../ui/environment-lines.js';
import { Fleet } from '../ui/fleet.js';
import { age, counted } from '../ui/format.js';
import { Loading, ProblemNote, Skeleton } from '../ui/notes.js';

/** What needs the operator. */
export function Overview() {
  const rows = environments.value;
  const of = (condition: string): EnvironmentRow[] => rows.filter((row) => row.condition === condition);
  if (applications.value === undefined) {
    return (
      <>
        <h1>Overview</h1>
        <ProblemNote problem={registryProblem.value} retry={() => void refreshOverview()} />
        {registryProblem.value === undefined && <Skeleton />}
      </>
    );
  }
  return (
    <>
      <h1>{sentence(rows)}</h1>
      <ProblemNote problem={registryProblem.value} retry={() => void refreshOverview()} />
      <Command text="mcp-registry overview" />
      <Checklist />
      <EnvironmentLines title="Down now" rows={of('down')} filter="is:down" />
      <EnvironmentLines title="Degraded" rows={of('degraded')} filter="is:degraded" />
      <EnvironmentLines title="Unknown" rows={of('unknown')} filter="is:unknown" />
      <ExpiringKeys rows={rows} />
      <RefusedCredentials />
      {rows.length > 0 && <Fleet />}
      <RecentChanges />
    </>
  );
}

function sentence(rows: readonly EnvironmentRow[]): string {
  const [only, another] = rows;
  if (only === undefined) return 'No environment is registered yet';
  const checked = rows.flatMap(({ checkedAt }) => checkedAt ?? []).sort();
  const when = checked.length === 0 ? 'not checked yet' : `checked ${age(checked.at(-1) ?? null)}`;
  if (another === undefined) return `The only environment is ${only.condition} · ${when}`;
  const all = counted(rows.length, 'environment');
  const down = rows.filter(({ condition }) => condition === 'down').length;
  if (down > 0) return `${down.toLocaleString('en')} of ${all} ${down === 1 ? 'is' : 'are'} down`;
  const areAllUp = rows.every(({ condition }) => condition === 'up');
  return areAllUp ? `All ${all} are up · ${when}` : `None of ${all} is down · ${when}`;
}

function ExpiringKeys({ rows }: { readonly rows: readonly EnvironmentRow[] }) {
  const expiring = rows.filter(expiresSoon).sort((one, other) => untilExpiry(one) - untilExpiry(other));
  if (expiring.length === 0) return null;
  return (
    <section>
      <h2>
        Keys that expire soon <span class="muted">{expiring.length}</span>
      </h2>
      <ul class="lines">
        {expiring.slice(0, 10).map(({ appKey, name, soonestKeyExpiry }) => (
          <li key={`${appKey} ${name}`}>
            <a href={`${pathOf(appKey, name)}?tab=keys`}>
              {appKey} / {name}
            </a>
            <span class="muted">{age(soonestKeyExpiry)}</span>
          </li>
        ))}
      </ul>
      <a href={`${CONSOLE_PATH}/keys?state=expiring`}>All keys that expire soon</a>
    </section>
  );
}

function RefusedCredentials() {
  const refused = useLoad('refused', refusedCredentials, { audit: true });
  if (refused.problem === undefined && (refused.value ?? []).length === 0) return null;
  return (
    <section>
      <h2>Refused credentials of the last 24 hours</h2>
      <Loading of={refused}>
        {(groups) => (
          <ul class="lines">
            {groups.map(({ appKey, reason, count }) => (
              <li key={`${appKey} ${reason}`}>
                <a href={activityOf(appKey, reason)}>{appKey ?? 'without an application'}</a>
                <span>{reason}</span>
                <span class="muted">{counted(count, 'time')}</span>
              </li>
            ))}
          </ul>
        )}
      </Loading>
    </section>
  );
}

function activityOf(appKey: string | null, reason: string): string {
  const query = new URLSearchParams({ action: 'credentials.refused', reason });
  if (appKey !== null) query.set('app_key', appKey);
  return `${CONSOLE_PATH}/activity?${query.toString()}`;
}

function RecentChanges() {
  const entries = useLoad(
    'recent',
    async () => (await api.GET('/audit-logs', { params: { query: { limit: 8 } } })).data ?? [],
    { audit: true },
  );
  return (
    <section>
      <h2>Recent changes</h2>
      <Loading of={entries}>
        {(list) => (
          <>
            {list.map((entry) => (
              <AuditSentence key={entry.id} entry={entry} />
            ))}
            {list.length === 0 && <p class="muted">Nothing has changed yet.</p>}
          </>
        )}
      </Loading>
      <a href={`${CONSOLE_PATH}/activity`}>All activity</a>
    </section>
  );
}
