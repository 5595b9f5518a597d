import { useSignal } from '@preact/signals';
import { pathOf } from '../../paths.js';
import { age, moment } from '../../ui/format.js';
import { Action } from '../../ui/notes.js';
import type { ListedKey } from './listed-key.js';
import { NewApiKey } from './new-api-key.js';
import { RevokeKey } from './revoke-key.js';
import { RotateKey } from './rotate-key.js';

interface KeyListProps {
  readonly keys: readonly ListedKey[];
  /** Whether each line says whose key it is. */
  readonly isOfMany?: boolean;
  /** Reads the keys again, after a change. */
  readonly reload: () => void;
}

/** What is being done with a key. */
type Task = { readonly kind: 'rotate' | 'revoke'; readonly key: ListedKey } | undefined;

/** API keys with when they were used, and what can be done with them. */
export function KeyList({ keys, isOfMany = false, reload }: KeyListProps) {
  const task = useSignal<Task>(undefined);
  const secret = useSignal<string | undefined>(undefined);
  const end = (): void => {
    task.value = undefined;
    reload();
  };
  return (
    <>
      <ul class="lines keys">
        {keys.map((key) => (
          <li key={key.id}>
            <span
              class={`status ${key.state === 'active' ? 'up' : key.state === 'grace' ? 'degraded' : 'unknown'}`}
            >
              <span aria-hidden="true">
                {key.state === 'active' ? '●' : key.state === 'grace' ? '◐' : '○'}
              </span>{' '}
              {key.state === 'grace' ? 'in grace' : key.state}
            </span>
            <span class="name">
              {isOfMany && (
                <>
                  <a href={`${pathOf(key.appKey, key.environment)}?tab=keys`}>
                    {key.appKey} / {key.environment}
                  </a>{' '}
                </>
              )}
              <strong>{key.name}</strong> <code>{key.prefix}</code>
            </span>
            <span class="muted">
              last used <time title={moment(key.lastUsedAt)}>{age(key.lastUsedAt)}</time> ·{' '}
              {key.revokedAt !== null ? (
                <>revoked {age(key.revokedAt)}</>
              ) : (
                <>{key.expiresAt === null ? 'does not expire' : expiry(key.expiresAt)}</>
              )}
            </span>
            {(key.state === 'active' || key.state === 'grace') && (
              <span class="buttons">
                <Action
                  role="editor"
                  class="small"
                  onClick={() => {
                    task.value = { kind: 'rotate', key };
                  }}
                >
                  Rotate
                </Action>
                <Action
                  role="editor"
                  class="small danger"
                  onClick={() => {
                    task.value = { kind: 'revoke', key };
                  }}
                >
                  Revoke
                </Action>
              </span>
            )}
          </li>
        ))}
      </ul>
      {task.value?.kind === 'rotate' && (
        <RotateKey
          of={task.value.key}
          onDone={(issued) => {
            secret.value = issued;
            end();
          }}
          onClose={end}
        />
      )}
      {task.value?.kind === 'revoke' && <RevokeKey of={task.value.key} onClose={end} />}
      <NewApiKey secret={secret} />
    </>
  );
}

function expiry(time: string): string {
  return Date.parse(time) < Date.now() ? `expired ${age(time)}` : `expires ${age(time)}`;
}
