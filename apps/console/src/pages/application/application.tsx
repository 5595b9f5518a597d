import { useRoute } from 'preact-iso';
import { api } from '../../api/client.js';
import { Problem } from '../../api/problem.js';
import { CONSOLE_PATH } from '../../base-path.js';
import { pathOf } from '../../paths.js';
import { useLoad } from '../../state/load.js';
import { environmentRow } from '../../state/registry.js';
import { useUrlState } from '../../state/url-state.js';
import { Loading } from '../../ui/notes.js';
import { conditionOfHealth, StatusShape } from '../../ui/status.js';
import { Tabs } from '../../ui/tabs.js';
import { ActivityTab } from './activity-tab.js';
import { AgentsTab } from './agents-tab.js';
import { ApplicationHeader } from './application-header.js';
import { EndpointsTab } from './endpoints-tab.js';
import { HealthTab } from './health-tab.js';
import { KeysTab } from './keys-tab.js';
import { SettingsTab } from './settings-tab.js';
import type { ApplicationAnswer } from './tab-props.js';

const TABS = ['health', 'endpoints', 'keys', 'agents', 'activity', 'settings'] as const;

/** One application, in one of its environments. */
export function Application() {
  const { appKey = '', environment: name = '' } = useRoute().params;
  const loaded = useLoad(appKey, () => readApplication(appKey), { application: appKey });
  if (loaded.problem?.status === 404) {
    return (
      <>
        <h1>There is no application {appKey}</h1>
        <a href={`${CONSOLE_PATH}/apps`}>Applications</a>
      </>
    );
  }
  return (
    <>
      {loaded.value === undefined && <h1>{appKey}</h1>}
      <Loading of={loaded}>{(read) => <Parts {...read} name={name} reload={loaded.reload} />}</Loading>
    </>
  );
}

interface TaggedApplication {
  readonly application: ApplicationAnswer;
  readonly entityTag: string | null;
}

async function readApplication(appKey: string): Promise<TaggedApplication> {
  const { data, response } = await api.GET('/applications/{app_key}', {
    params: { path: { app_key: appKey } },
  });
  if (data === undefined) throw Problem.unreachable();
  return { application: data, entityTag: response.headers.get('etag') };
}

interface PartsProps extends TaggedApplication {
  readonly name: string;
  readonly reload: () => void;
}

function Parts({ application, entityTag, name, reload }: PartsProps) {
  const { appKey, environments } = application;
  const tab = useUrlState().get('tab') || 'health';
  const environment =
    environments.find((each) => each.name === name) ??
    (name === '' ? (environments.find((each) => each.name === 'production') ?? environments[0]) : undefined);
  const row = environmentRow(appKey, environment?.name);
  const here = pathOf(appKey, environment?.name);
  const props = environment && { application, environment, entityTag, reload };
  return (
    <>
      <ApplicationHeader application={application} environment={environment} row={row} reload={reload} />
      <Tabs
        label="Environments"
        tabs={environments.map((each) => ({
          href: `${pathOf(appKey, each.name)}${tab === 'health' ? '' : `?tab=${tab}`}`,
          isHere: each.name === environment?.name,
          title: (
            <>
              <StatusShape condition={conditionOfHealth(each.healthStatus)} /> {each.name}
            </>
          ),
        }))}
      />
      {props === undefined ? (
        <p>{name === '' ? 'It has no environment.' : `It has no environment ${name}.`}</p>
      ) : (
        <>
          <Tabs
            label="Parts"
            tabs={TABS.map((each) => ({
              href: each === 'health' ? here : `${here}?tab=${each}`,
              isHere: each === tab,
              title: each.charAt(0).toUpperCase() + each.slice(1),
            }))}
          />
          {tab === 'health' && <HealthTab {...props} />}
          {tab === 'endpoints' && <EndpointsTab {...props} />}
          {tab === 'keys' && <KeysTab {...props} />}
          {tab === 'agents' && <AgentsTab {...props} />}
          {tab === 'activity' && <ActivityTab {...props} />}
          {tab === 'settings' && <SettingsTab {...props} />}
        </>
      )}
    </>
  );
}
