import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { useLoad } from '../../state/load.js';
import { may } from '../../state/session.js';
import { useUrlState } from '../../state/url-state.js';
import { Command } from '../../ui/copy.js';
import { age } from '../../ui/format.js';
import { Action, Loading } from '../../ui/notes.js';
import { ShownOnce } from '../../ui/shown-once.js';
import { CreateOperator } from './create-operator.js';
import type { OperatorAnswer } from './operator-answer.js';
import { OperatorDetails } from './operator-details.js';

/** People, services and agents with keys of their own. */
export function Operators() {
  const url = useUrlState();
  const isCreating = useSignal(false);
  const secret = useSignal<string | undefined>(undefined);
  const operators = useLoad('operators', async () => (await api.GET('/operators')).data ?? [], {
    audit: true,
  });
  if (!may('admin')) {
    return (
      <>
        <h1>Operators</h1>
        <p>This page needs the role admin.</p>
      </>
    );
  }
  const show = (issued: string): void => {
    secret.value = issued;
    operators.reload();
  };
  return (
    <>
      <div class="toolbar">
        <h1>Operators</h1>
        <span class="grow" />
        <Action
          role="admin"
          class="primary"
          onClick={() => {
            isCreating.value = true;
          }}
        >
          Create
        </Action>
      </div>
      <Loading of={operators}>
        {(list) => (
          <>
            {list.length === 0 && (
              <p>
                Only REGISTRY_ADMIN_KEY is there. Give each person a name, a role and a key of their own, so
                that the audit trail says who did what.
              </p>
            )}
            {list.map((operator) => (
              <details
                key={operator.id}
                class="endpoint"
                open={url.get('open') === operator.name}
                onToggle={(event) => {
                  if (event.target !== event.currentTarget) return;
                  const isOpen = event.currentTarget.open;
                  if (isOpen) url.set({ open: operator.name });
                  else if (url.get('open') === operator.name) url.set({ open: '' });
                }}
              >
                <summary>
                  <strong>{operator.name}</strong> {operator.kind} <span class="tag">{operator.role}</span>{' '}
                  {!operator.isActive && <span class="tag">inactive</span>}{' '}
                  <span class="muted">
                    {boundTo(operator)} · created by {operator.createdBy} {age(operator.createdAt)}
                  </span>
                </summary>
                {url.get('open') === operator.name && (
                  <OperatorDetails operator={operator} onSecret={show} reload={operators.reload} />
                )}
              </details>
            ))}
          </>
        )}
      </Loading>
      <Command text="mcp-registry operators list" />
      {isCreating.value && (
        <CreateOperator
          onSecret={show}
          onClose={() => {
            isCreating.value = false;
            operators.reload();
          }}
        />
      )}
      {secret.value !== undefined && (
        <ShownOnce
          title="The new operator key"
          secret={secret.value}
          variable="MCP_REGISTRY_ADMIN_KEY"
          onClose={() => {
            secret.value = undefined;
          }}
        />
      )}
    </>
  );
}

function boundTo({ applications, environments }: OperatorAnswer): string {
  const bounds = [...(applications ?? []), ...(environments ?? []).map((name) => `*/${name}`)];
  return bounds.length === 0 ? 'everything' : bounds.join(', ');
}
