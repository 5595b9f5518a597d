import { api } from '../../api/client.js';
import { Confirm } from '../../ui/confirm.js';
import { Command, quoted } from '../../ui/copy.js';
import { age, DAY, now } from '../../ui/format.js';
import type { ListedKey } from './listed-key.js';

interface RevokeKeyProps {
  readonly of: ListedKey;
  readonly onClose: () => void;
}

/** Ends a key at once. One that is in use must be named first. */
export function RevokeKey({ of: { id, appKey, environment, name, lastUsedAt }, onClose }: RevokeKeyProps) {
  const isUsed = lastUsedAt !== null && now.value - Date.parse(lastUsedAt) < DAY;
  const revoke = async (): Promise<void> => {
    await api.DELETE('/applications/{app_key}/environments/{environment}/api-keys/{id}', {
      params: { path: { app_key: appKey, environment, id } },
    });
    onClose();
  };
  return (
    <Confirm
      title={`Revoke ${name}`}
      action="Revoke it"
      typed={isUsed ? name : undefined}
      onConfirm={revoke}
      onClose={onClose}
    >
      <p>
        Callers with this key of {appKey} / {environment} are refused from now on.{' '}
        {lastUsedAt === null ? 'It was never used.' : <strong>It was used {age(lastUsedAt)}.</strong>}
      </p>
      <Command text={`mcp-registry keys revoke ${quoted(appKey)} ${quoted(environment)} ${id}`} />
    </Confirm>
  );
}
