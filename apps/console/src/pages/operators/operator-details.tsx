import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { Problem } from '../../api/problem.js';
import { CONSOLE_PATH } from '../../base-path.js';
import { useLoad } from '../../state/load.js';
import { Confirm } from '../../ui/confirm.js';
import { Command, quoted } from '../../ui/copy.js';
import { age } from '../../ui/format.js';
import { Action, Loading } from '../../ui/notes.js';
import { ROLES } from './create-operator.js';
import type { OperatorAnswer } from './operator-answer.js';
import { OperatorSessions } from './operator-sessions.js';

interface DetailsProps {
  readonly operator: OperatorAnswer;
  readonly onSecret: (secret: string) => void;
  readonly reload: () => void;
}

/** Role, keys and sessions of an operator. */
export function OperatorDetails({ operator, onSecret, reload }: DetailsProps) {
  const { name, role, isActive } = operator;
  const path = { operator: name };
  const told = useSignal('');
  const isDeleting = useSignal(false);
  const keys = useLoad(
    `keys of ${name}`,
    async () => (await api.GET('/operators/{operator}', { params: { path } })).data?.keys ?? [],
    { audit: true },
  );
  const act = async (change: () => Promise<unknown>): Promise<void> => {
    told.value = '';
    try {
      await change();
      keys.reload();
      reload();
    } catch (error) {
      told.value = Problem.from(error).message;
    }
  };
  const issue = async (): Promise<void> => {
    const body = { name: `key of ${new Date().toISOString().slice(0, 10)}` };
    const { data } = await api.POST('/operators/{operator}/keys', { params: { path }, body });
    if (data !== undefined) onSecret(data.key);
  };
  return (
    <div class="details">
      <div class="buttons">
        <select
          aria-label="Role"
          onInput={(event) => {
            const next = ROLES.find(([each]) => each === event.currentTarget.value)?.[0];
            if (next === undefined) return;
            void act(() => api.PUT('/operators/{operator}', { params: { path }, body: { role: next } }));
          }}
        >
          {ROLES.map(([each, label]) => (
            <option key={each} value={each} selected={each === role}>
              {label}
            </option>
          ))}
        </select>
        <Action role="admin" onClick={() => void act(issue)}>
          Issue a key
        </Action>
        <Action
          role="admin"
          onClick={() =>
            void act(() =>
              api.PUT('/operators/{operator}', { params: { path }, body: { isActive: !isActive } }),
            )
          }
        >
          {isActive ? 'Deactivate' : 'Activate'}
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
      <p role="alert">{told.value}</p>
      <h3>Keys</h3>
      <Loading of={keys} rows={1}>
        {(list) => (
          <ul class="lines">
            {list.map(({ id, name: keyName, prefix, lastUsedAt, expiresAt, revokedAt }) => (
              <li key={id}>
                <span>
                  <strong>{keyName}</strong> <code>{prefix}</code>
                </span>
                <span class="muted">
                  last used {age(lastUsedAt)} ·{' '}
                  {revokedAt !== null
                    ? `revoked ${age(revokedAt)}`
                    : expiresAt === null
                      ? 'does not expire'
                      : `expires ${age(expiresAt)}`}
                </span>
                {revokedAt === null && (
                  <Action
                    role="admin"
                    class="small danger"
                    onClick={() =>
                      void act(() =>
                        api.DELETE('/operators/{operator}/keys/{operator_key_id}', {
                          params: { path: { operator: name, operator_key_id: id } },
                        }),
                      )
                    }
                  >
                    Revoke
                  </Action>
                )}
              </li>
            ))}
            {list.length === 0 && <li class="muted">No key.</li>}
          </ul>
        )}
      </Loading>
      <OperatorSessions name={name} />
      <p>
        <a href={`${CONSOLE_PATH}/activity?operator=${encodeURIComponent(name)}`}>What {name} did</a>
      </p>
      <Command text={`mcp-registry operators show ${quoted(name)}`} />
      {isDeleting.value && (
        <Confirm
          title={`Delete ${name}`}
          action="Delete it"
          typed={name}
          onConfirm={async () => {
            await api.DELETE('/operators/{operator}', { params: { path } });
            reload();
          }}
          onClose={() => {
            isDeleting.value = false;
          }}
        >
          <p>All keys and sessions of {name} end at once. The audit trail keeps the name.</p>
        </Confirm>
      )}
    </div>
  );
}
