import { api } from '../../api/client.js';
import { useLoad } from '../../state/load.js';
import { environments as allEnvironments } from '../../state/registry.js';
import { Copy, quoted } from '../../ui/copy.js';
import { counted, DAY, now } from '../../ui/format.js';

interface LossesProps {
  readonly appKey: string;
  readonly environments: number;
}

/** What goes with an application, and whether its keys are in use. */
export function Losses({ appKey, environments }: LossesProps) {
  const rows = allEnvironments.value.filter((row) => row.appKey === appKey);
  const endpoints = rows.reduce((sum, row) => sum + row.endpoints, 0);
  const keys = useLoad(`keys of ${appKey}`, async () => {
    const { data = [] } = await api.GET('/api-keys', {
      params: { query: { application: appKey, state: 'active' } },
    });
    return data;
  });
  const used = (keys.value ?? []).filter(
    ({ lastUsedAt }) => lastUsedAt !== null && now.value - Date.parse(lastUsedAt) < DAY,
  ).length;
  return (
    <>
      <p>
        This deletes {counted(environments, 'environment')}, {counted(endpoints, 'endpoint')} and{' '}
        {counted(keys.value?.length ?? 0, 'API key')}
        {used > 0 && <strong>, {used} of them used in the last 24 hours</strong>}. It cannot be undone.
      </p>
      <p>
        Before that, keep what was registered:{' '}
        <Copy text={`mcp-registry export json ${quoted(appKey)} --output ${quoted(`${appKey}.json`)}`} />
      </p>
    </>
  );
}
