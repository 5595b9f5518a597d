import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { Problem } from '../../api/problem.js';
import { useLoad } from '../../state/load.js';
import { age } from '../../ui/format.js';
import { Action, Loading } from '../../ui/notes.js';

/** Where an operator is signed in. */
export function OperatorSessions({ name }: { readonly name: string }) {
  const told = useSignal('');
  const sessions = useLoad(
    `sessions of ${name}`,
    async () => {
      const path = { operator: name };
      return (await api.GET('/operators/{operator}/sessions', { params: { path } })).data ?? [];
    },
    { audit: true },
  );
  const end = async (id: string): Promise<void> => {
    try {
      await api.DELETE('/operators/{operator}/sessions/{session_id}', {
        params: { path: { operator: name, session_id: id } },
      });
      told.value = '';
      sessions.reload();
    } catch (error) {
      told.value = Problem.from(error).message;
    }
  };
  return (
    <>
      <h3>Sessions</h3>
      <Loading of={sessions} rows={1}>
        {(list) => (
          <ul class="lines">
            {list.map(({ id, ipAddress, userAgent, createdAt, lastSeenAt }) => (
              <li key={id}>
                <span>{ipAddress}</span>
                <span class="muted">
                  {userAgent} · since {age(createdAt)} · seen {age(lastSeenAt)}
                </span>
                <Action role="admin" class="small" onClick={() => void end(id)}>
                  End
                </Action>
              </li>
            ))}
            {list.length === 0 && <li class="muted">Not signed in.</li>}
          </ul>
        )}
      </Loading>
      <p role="alert">{told.value}</p>
    </>
  );
}
