import { api } from '../../api/client.js';
import { findingsOf, readinessOf } from '../../api/readiness.js';
import { BASE_PATH } from '../../base-path.js';
import { pathOf } from '../../paths.js';
import { useLoad } from '../../state/load.js';
import { Command, quoted } from '../../ui/copy.js';
import { counted, percent } from '../../ui/format.js';
import { Loading } from '../../ui/notes.js';
import { Tile } from '../../ui/tile.js';
import type { TabProps } from './tab-props.js';

const MOST = 100;

/** What agents are answered for an environment, and what they would miss. */
export function AgentsTab({
  application: { appKey },
  environment: { name, baseDomain, healthStatus },
}: TabProps) {
  const read = useLoad(
    `${appKey} ${name}`,
    async () => {
      const query = { app_key: appKey, environment: name };
      const { data, response } = await api.GET('/endpoints', { params: { query }, parseAs: 'text' });
      const text = data ?? '';
      const { endpoints } = JSON.parse(text) as { readonly endpoints: Parameters<typeof findingsOf>[0] };
      return { endpoints, length: text.length, entityTag: response.headers.get('etag') };
    },
    { application: appKey },
  );
  const address = `${BASE_PATH}/endpoints?app_key=${encodeURIComponent(appKey)}&environment=${encodeURIComponent(name)}`;
  return (
    <>
      <Loading of={read}>
        {({ endpoints, length, entityTag }) => {
          const findings = findingsOf(endpoints);
          return (
            <>
              <dl class="tiles">
                <Tile title="Ready for agents" value={percent(readinessOf(endpoints, findings))} />
                <Tile title="Endpoints" value={String(endpoints.length)} />
                <Tile title="Answer" value={`${Math.ceil(length / 1024).toLocaleString('en')} KiB`} />
              </dl>
              <p class="muted">
                <code>GET {address}</code> · {entityTag}
              </p>
              {baseDomain === null && (
                <p>The environment has no base domain: agents do not learn where to call.</p>
              )}
              {healthStatus === 'INACTIVE' && <p>The environment is down.</p>}
              <h2>{findings.length === 0 ? 'No findings' : counted(findings.length, 'finding')}</h2>
              <ul>
                {findings.slice(0, MOST).map(({ endpoint, detail }) => (
                  <li key={`${endpoint.id} ${detail}`}>
                    <a
                      href={`${pathOf(appKey, name)}?tab=endpoints&q=${encodeURIComponent(`${endpoint.method} ${endpoint.path}`)}`}
                    >
                      <code>
                        {endpoint.method} {endpoint.path}
                      </code>
                    </a>{' '}
                    {detail}
                  </li>
                ))}
              </ul>
              {findings.length > MOST && <p class="muted">The first {MOST} are shown.</p>}
            </>
          );
        }}
      </Loading>
      <Command text={`mcp-registry export openapi ${quoted(appKey)} ${quoted(name)}`} />
    </>
  );
}
