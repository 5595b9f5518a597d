import { api } from '../api/client.js';
import { liveness } from '../api/live.js';
import { BASE_PATH } from '../base-path.js';
import { useLoad } from '../state/load.js';
import { applications, environments, hasFigures, readAt } from '../state/registry.js';
import { session } from '../state/session.js';
import { Command } from '../ui/copy.js';
import { age, moment } from '../ui/format.js';
import { Loading } from '../ui/notes.js';
import { Tile } from '../ui/tile.js';

/** The registry itself. */
export function System() {
  const health = useLoad('health', async () => (await api.GET('/health')).data ?? null);
  const head = useLoad('head', async () => (await api.GET('/audit-logs/head')).data ?? null, { audit: true });
  const own = session.value;
  return (
    <>
      <h1>System</h1>
      <h2>Registry</h2>
      <Loading of={health} rows={2}>
        {(answer) =>
          answer !== null && (
            <dl class="tiles">
              <Tile title="Version" value={answer.version} />
              <Tile title="Status" value={answer.status} />
              <Tile title="Database" value={answer.dependencies.database} />
              <Tile title="Stream of changes" value={liveness.value} />
              <Tile
                title="Overview read"
                value={readAt.value === undefined ? 'not yet' : age(readAt.value.toISOString())}
              />
              <Tile title="Figures of 24 hours" value={hasFigures.value ? 'counted' : 'being counted'} />
              <Tile title="Applications" value={String(applications.value?.length ?? 0)} />
              <Tile title="Environments" value={String(environments.value.length)} />
            </dl>
          )
        }
      </Loading>
      <h2>Audit trail</h2>
      <Loading of={head} rows={2}>
        {(answer) =>
          answer !== null && (
            <>
              <dl class="tiles">
                <Tile title="Sealed entries" value={answer.number.toLocaleString('en')} />
                <Tile title="Not sealed yet" value={String(answer.unsealed)} />
                <Tile title="Sealed" value={age(answer.sealedAt)} />
              </dl>
              <p>
                Head <code>{answer.hash}</code>
              </p>
              <Command text="mcp-registry audit head --json > head.json" />
            </>
          )
        }
      </Loading>
      {own != null && (
        <>
          <h2>This session</h2>
          <p>
            {own.operator} with the role {own.role}
            {own.expiresAt !== null && <>, until {moment(own.expiresAt)}</>}
          </p>
        </>
      )}
      <h2>Elsewhere</h2>
      <ul>
        <li>
          <a href={`${BASE_PATH}/docs`} target="_blank" rel="noreferrer">
            API reference
          </a>
        </li>
        <li>
          <a href={`${BASE_PATH}/openapi.json`} target="_blank" rel="noreferrer">
            OpenAPI document
          </a>
        </li>
      </ul>
    </>
  );
}
