import { api } from '../../api/client.js';
import { type ListPage, nextCursor, usePages } from '../../state/pages.js';
import { useUrlState } from '../../state/url-state.js';
import { Command } from '../../ui/copy.js';
import { Loading, More } from '../../ui/notes.js';
import { Toggles } from '../../ui/toggles.js';
import { KeyList } from './key-list.js';
import type { ListedKey } from './listed-key.js';

const STATES = [
  ['expiring', 'expire in 14 days'],
  ['grace', 'in grace period'],
  ['never-used', 'never used'],
  ['stale', 'unused for 90 days'],
  ['no-expiry', 'without an end'],
  ['active', 'active'],
  ['expired', 'expired'],
  ['revoked', 'revoked'],
] as const;
type KeyState = (typeof STATES)[number][0];

/** All API keys. */
export function Keys() {
  const url = useUrlState();
  const state = STATES.find(([name]) => name === url.get('state'))?.[0];
  const application = url.get('application');
  const keys = usePages(`${state ?? ''} ${application}`, (cursor) => page(state, application, cursor), {
    application: '',
  });
  return (
    <>
      <h1>API keys</h1>
      <Toggles
        label="State"
        choices={STATES}
        chosen={state}
        onChoose={(next) => {
          url.set({ state: next });
        }}
      />
      <input
        type="search"
        aria-label="App key"
        placeholder="Only of this app key"
        value={application}
        onInput={(event) => {
          url.set({ application: event.currentTarget.value.trim() });
        }}
      />
      <Loading of={keys}>
        {(list) => (
          <>
            <KeyList keys={list} isOfMany reload={keys.reload} />
            {list.length === 0 && (
              <p class="muted">
                {state === undefined && application === ''
                  ? 'No API key was issued yet: the page of an application issues them.'
                  : 'No key matches.'}
              </p>
            )}
            <More of={keys} />
          </>
        )}
      </Loading>
      <Command text={`mcp-registry keys list --all${state === undefined ? '' : ` --state ${state}`}`} />
    </>
  );
}

async function page(
  state: KeyState | undefined,
  application: string,
  cursor?: string,
): Promise<ListPage<ListedKey>> {
  const { data = [], response } = await api.GET('/api-keys', {
    params: {
      query: {
        limit: 100,
        ...(state !== undefined && { state }),
        ...(application !== '' && { application }),
        ...(cursor !== undefined && { cursor }),
      },
    },
  });
  return { items: data, cursor: nextCursor(response) };
}
