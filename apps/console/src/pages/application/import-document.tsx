import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { Problem } from '../../api/problem.js';
import type { components } from '../../api/schema.js';
import { refreshOverview } from '../../state/registry.js';
import { Command, quoted } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { told } from '../../ui/form.js';

type Registration = components['schemas']['RegisterEndpointsResponse'];

interface ImportProps {
  readonly appKey: string;
  readonly environment: string;
  readonly baseDomain: string | null;
  readonly onClose: () => void;
}

/** What a document would change, as the registry says. */
interface Plan {
  readonly body: string;
  readonly notes: readonly string[];
  readonly registration: Registration;
  /** Of the endpoints that the plan was made for. */
  readonly entityTag: string | null;
}

/** Makes the operations of an OpenAPI document the endpoints of an environment: first the plan, then the change. */
export function ImportDocument({ appKey, environment, baseDomain, onClose }: ImportProps) {
  const plan = useSignal<Plan | undefined>(undefined);
  const fault = useSignal('');
  const isBusy = useSignal(false);
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    isBusy.value = true;
    fault.value = '';
    try {
      await act();
    } catch (error) {
      fault.value = faultOf(error);
    } finally {
      isBusy.value = false;
    }
  };
  const put = async (body: string, dryRun: boolean, entityTag: string | null) => {
    const { data } = await api.PUT('/applications/{app_key}/environments/{environment}/endpoints', {
      params: {
        path: { app_key: appKey, environment },
        query: { dryRun },
        ...(entityTag !== null && { header: { 'If-Match': entityTag } }),
      },
      body: { endpoints: [] },
      // As it was read: numbers keep their digits.
      bodySerializer: () => body,
    });
    return data;
  };
  const read = async (file: File): Promise<void> => {
    plan.value = undefined;
    const { readLoneDocument } = await import('openapi-reader');
    const { body, notes } = await readLoneDocument(new Uint8Array(await file.arrayBuffer()), baseDomain);
    const query = { app_key: appKey, environment, definitions: 'shared' as const };
    const { response } = await api.GET('/endpoints', { params: { query } });
    const entityTag = response.headers.get('etag');
    const registration = await put(body, true, entityTag);
    if (registration !== undefined) plan.value = { body, notes, registration, entityTag };
  };
  const apply = async ({ body, entityTag }: Plan): Promise<void> => {
    await put(body, false, entityTag);
    await refreshOverview();
    onClose();
  };
  return (
    <Dialog title={`Import into ${appKey} / ${environment}`} onClose={onClose}>
      <div
        class="drop"
        onDragOver={(event) => {
          event.preventDefault();
        }}
        onDrop={(event) => {
          event.preventDefault();
          const file = event.dataTransfer?.files[0];
          if (file !== undefined) void attempt(() => read(file));
        }}
      >
        <label>
          An OpenAPI document, JSON or YAML{' '}
          <input
            type="file"
            accept=".json,.yaml,.yml"
            disabled={isBusy.value}
            onInput={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file !== undefined) void attempt(() => read(file));
            }}
          />
        </label>
      </div>
      {fault.value !== '' && <p role="alert">{fault.value}</p>}
      <div role="status">{isBusy.value && 'Reading …'}</div>
      {plan.value !== undefined && <Changes plan={plan.value} />}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={isBusy.value || plan.value === undefined}
          onClick={() => {
            const ready = plan.value;
            if (ready !== undefined) void attempt(() => apply(ready));
          }}
        >
          Apply
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
      <Command
        text={`MCP_REGISTRY_APP_KEY=${quoted(appKey)} mcp-registry import openapi --as-operator --environment ${quoted(environment)} openapi.yaml`}
      />
    </Dialog>
  );
}

function faultOf(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : 'It cannot be read.';
  const places = error.mistakes.slice(0, 5).map(({ pointer, detail }) => ` ${pointer} ${detail}.`);
  return `${told(error)}${places.join('')}`;
}

const SHAPES = { deleted: '−', added: '+', updated: '~' } as const;

/** The changes as the registry answers them: deletions first. */
function Changes({ plan: { notes, registration } }: { readonly plan: Plan }) {
  const { added, updated, deleted, unchanged, changes = [], warnings = [] } = registration;
  return (
    <>
      <p>
        <strong>
          {deleted} deleted, {added} added, {updated} updated
        </strong>
        , {unchanged} unchanged
      </p>
      <ul class="changes">
        {changes.map(({ change, method, path, fields = [] }) => (
          <li key={`${method} ${path}`} class={change}>
            <span aria-hidden="true">{SHAPES[change]}</span> {change}{' '}
            <code>
              {method} {path}
            </code>{' '}
            <span class="muted">{fields.join(', ')}</span>
          </li>
        ))}
      </ul>
      {notes.length + warnings.length > 0 && (
        <details>
          <summary>{notes.length + warnings.length} notes</summary>
          <ul>
            {[...notes, ...warnings.map(({ pointer, detail }) => `${pointer} ${detail}`)].map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
