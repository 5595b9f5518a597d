import { api } from '../../api/client.js';
import { useLoad } from '../../state/load.js';
import { environmentRow } from '../../state/registry.js';
import { useUrlState } from '../../state/url-state.js';
import { Beats } from '../../ui/beats.js';
import { Command, quoted } from '../../ui/copy.js';
import { age, counted, DAY, moment, percent, took } from '../../ui/format.js';
import { Loading } from '../../ui/notes.js';
import { Tile } from '../../ui/tile.js';
import { Toggles } from '../../ui/toggles.js';
import { DayStrip } from './day-strip.js';
import { ResponseTimes } from './response-times.js';
import type { TabProps } from './tab-props.js';

/** How an environment was, and is. */
export function HealthTab({ application: { appKey }, environment }: TabProps) {
  const identity = `${appKey} ${environment.id}`;
  const path = { app_id: appKey };
  const health = useLoad(
    identity,
    async () => (await api.GET('/health-check/applications/{app_id}', { params: { path } })).data,
    { application: appKey },
  );
  const days = useLoad(identity, () => history(appKey, environment.id, 'day', 90));
  const hours = useLoad(identity, () => history(appKey, environment.id, 'hour', 2), { application: appKey });
  const row = environmentRow(appKey, environment.name);
  const own = health.value?.environments.find(({ id }) => id === environment.id);
  return (
    <>
      {row !== undefined && (
        <p>
          Last 24 hours <Beats hours={row.hours} />
          <span class="muted"> · checked {age(row.checkedAt)}</span>
        </p>
      )}
      <Loading of={health} rows={2}>
        {() =>
          own && (
            <>
              <dl class="tiles">
                <Tile title="24 hours" value={percent(own.uptime.last24Hours)} />
                <Tile title="7 days" value={percent(own.uptime.last7Days)} />
                <Tile title="30 days" value={percent(own.uptime.last30Days)} />
                <Tile title="90 days" value={percent(own.uptime.last90Days)} />
                <Tile title="p95" value={took(own.responseTimeP95)} />
              </dl>
              <p class="muted">
                {own.consecutiveFailures > 0
                  ? `${counted(own.consecutiveFailures, 'failure')} in a row`
                  : `${counted(own.consecutiveSuccesses, 'success', 'successes')} in a row`}
                {environment.baseDomain === null &&
                  ' · without a base domain, which the health path is below'}
              </p>
            </>
          )
        }
      </Loading>
      <Loading of={days} rows={1}>
        {(points) => <DayStrip points={points} />}
      </Loading>
      <Loading of={hours} rows={3}>
        {(points) => <ResponseTimes points={points} />}
      </Loading>
      <Checks appKey={appKey} environmentId={environment.id} name={environment.name} />
    </>
  );
}

async function history(appKey: string, environmentId: string, resolution: 'hour' | 'day', days: number) {
  const from = new Date(Date.now() - days * DAY).toISOString();
  const { data = [] } = await api.GET('/health-check/applications/{app_id}/history', {
    params: { path: { app_id: appKey }, query: { environment_id: environmentId, resolution, from } },
  });
  return data;
}

const OUTCOMES = ['success', 'failure', 'error'] as const;

interface ChecksProps {
  readonly appKey: string;
  readonly environmentId: string;
  readonly name: string;
}

function Checks({ appKey, environmentId, name }: ChecksProps) {
  const url = useUrlState();
  const status = OUTCOMES.find((each) => each === url.get('status'));
  const checks = useLoad(
    `${environmentId} ${status ?? ''}`,
    async () => {
      const query = { environment_id: environmentId, limit: 100, ...(status && { status }) };
      const params = { path: { app_id: appKey }, query };
      return (await api.GET('/health-check/applications/{app_id}/logs', { params })).data ?? [];
    },
    { application: appKey },
  );
  return (
    <section>
      <h2>Checks</h2>
      <Toggles
        label="Outcome"
        choices={OUTCOMES.map((each) => [each, each])}
        chosen={status}
        onChoose={(next) => {
          url.set({ status: next });
        }}
      />
      <Loading of={checks}>
        {(list) =>
          list.length === 0 ? (
            <p class="muted">No check{status === undefined ? ' yet' : ` with the outcome ${status}`}.</p>
          ) : (
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Outcome</th>
                  <th scope="col">HTTP</th>
                  <th scope="col">Took</th>
                  <th scope="col">Message</th>
                </tr>
              </thead>
              <tbody>
                {list.map((check) => (
                  <tr key={check.id}>
                    <td title={moment(check.checkedAt)}>{age(check.checkedAt)}</td>
                    <td class={`status ${check.status === 'success' ? 'up' : 'down'}`}>{check.status}</td>
                    <td>{check.statusCode ?? '–'}</td>
                    <td>{took(check.responseTime)}</td>
                    <td>{check.message}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loading>
      <Command text={`mcp-registry health logs ${quoted(appKey)} --environment ${quoted(name)}`} />
    </section>
  );
}
