import type { Signal } from '@preact/signals';
import { ShownOnce } from '../../ui/shown-once.js';

/** The secret of a new API key until it is acknowledged; nothing while there is none. */
export function NewApiKey({ secret }: { readonly secret: Signal<string | undefined> }) {
  if (secret.value === undefined) return null;
  return (
    <ShownOnce
      title="The new API key"
      secret={secret.value}
      variable="MCP_REGISTRY_API_KEY"
      onClose={() => {
        secret.value = undefined;
      }}
    />
  );
}
