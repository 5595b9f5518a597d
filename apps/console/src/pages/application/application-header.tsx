import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { api } from '../../api/client.js';
import { Problem } from '../../api/problem.js';
import { CONSOLE_PATH } from '../../base-path.js';
import { pathOf } from '../../paths.js';
import { outcomeOf, probeNow } from '../../state/checks.js';
import { type EnvironmentRow, refreshOverview } from '../../state/registry.js';
import { useUrlState } from '../../state/url-state.js';
import { Confirm } from '../../ui/confirm.js';
import { Command, Copy, quoted } from '../../ui/copy.js';
import { duration, now } from '../../ui/format.js';
import { useKey } from '../../ui/keys.js';
import { Action } from '../../ui/notes.js';
import { conditionOfHealth, Status } from '../../ui/status.js';
import { Losses } from './losses.js';
import type { TabProps } from './tab-props.js';

interface HeaderProps {
  readonly application: TabProps['application'];
  readonly environment: TabProps['environment'] | undefined;
  readonly row: EnvironmentRow | undefined;
  readonly reload: () => void;
}

/** What the application is and how it is, and what can be done with it. */
export function ApplicationHeader({ application, environment, row, reload }: HeaderProps) {
  const { appKey, name, description, owner, status, environments } = application;
  const { route } = useLocation();
  const url = useUrlState();
  const told = useSignal<readonly string[]>([]);
  const isBusy = useSignal(false);
  const isDeleting = useSignal(false);
  const step = (by: number): void => {
    const place = environments.findIndex((each) => each.id === environment?.id);
    const next = environments[place + by];
    if (next !== undefined) route(`${pathOf(appKey, next.name)}${location.search}`);
  };
  useKey('[', () => {
    step(-1);
  });
  useKey(']', () => {
    step(1);
  });
  const act = async (change: () => Promise<readonly string[]>): Promise<void> => {
    isBusy.value = true;
    try {
      told.value = await change();
      reload();
    } catch (error) {
      told.value = [Problem.from(error).message];
    } finally {
      isBusy.value = false;
    }
  };
  const probe = async (): Promise<readonly string[]> =>
    (await probeNow(appKey)).map((check) => `${check.environment ?? 'application'}: ${outcomeOf(check)}`);
  const turn = async (): Promise<readonly string[]> => {
    const next = status === 'ACTIVE' ? 'INACTIVE' : 'ACTIVE';
    await api.PUT('/applications/{app_key}', {
      params: { path: { app_key: appKey } },
      body: { status: next },
    });
    await refreshOverview();
    return [next === 'ACTIVE' ? 'It is active.' : 'It is inactive: its API keys are refused.'];
  };
  const remove = async (): Promise<void> => {
    await api.DELETE('/applications/{app_key}', { params: { path: { app_key: appKey } } });
    await refreshOverview();
    route(`${CONSOLE_PATH}/apps`);
  };
  return (
    <>
      <div class="toolbar">
        <h1>{name}</h1>
        <Copy text={appKey} />
        {status === 'INACTIVE' && <span class="tag">inactive</span>}
        <span class="grow" />
        <Action role="editor" class="primary" isDisabled={isBusy.value} onClick={() => void act(probe)}>
          Probe now
        </Action>
        <Action
          role="editor"
          onClick={() => {
            url.set({ tab: 'settings' });
          }}
        >
          Edit
        </Action>
        <Action role="editor" isDisabled={isBusy.value} onClick={() => void act(turn)}>
          {status === 'ACTIVE' ? 'Deactivate' : 'Activate'}
        </Action>
        <Action
          role="admin"
          class="danger"
          onClick={() => {
            isDeleting.value = true;
          }}
        >
          Delete
        </Action>
      </div>
      {environment !== undefined && (
        <p>
          <Status condition={row?.condition ?? conditionOfHealth(environment.healthStatus)} />
          {environment.healthStatusChangedAt !== null && (
            <> for {duration(now.value - Date.parse(environment.healthStatusChangedAt))}</>
          )}
          {owner !== null && <span class="muted"> · {owner}</span>}
        </p>
      )}
      {description !== null && <p>{description}</p>}
      <ul role="status" class="told">
        {told.value.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Command text={`mcp-registry health check ${quoted(appKey)}`} />
      {isDeleting.value && (
        <Confirm
          title={`Delete ${name}`}
          action="Delete it"
          typed={appKey}
          onConfirm={remove}
          onClose={() => {
            isDeleting.value = false;
          }}
        >
          <Losses appKey={appKey} environments={environments.length} />
        </Confirm>
      )}
    </>
  );
}
