import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { api } from '../../api/client.js';
import { pathOf } from '../../paths.js';
import { useLoad } from '../../state/load.js';
import { environmentRow, refreshOverview } from '../../state/registry.js';
import { Confirm } from '../../ui/confirm.js';
import { Command, quoted } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { type EditedField, EditForm } from '../../ui/edit-form.js';
import { Field, Form, textOf } from '../../ui/form.js';
import { counted } from '../../ui/format.js';
import { Action } from '../../ui/notes.js';
import type { TabProps } from './tab-props.js';

const FIELDS: readonly EditedField[] = [
  {
    name: 'baseDomain',
    label: 'Base domain',
    hint: 'Such as orders.example.com; https unless it begins with http://.',
  },
  { name: 'description', label: 'About the environment' },
  {
    name: 'status',
    label: 'Status',
    hint: 'The API keys of an inactive environment are refused.',
    options: [
      ['ACTIVE', 'active'],
      ['INACTIVE', 'inactive'],
    ],
  },
];

/** The environment: where it is, and whether it is. */
export function EnvironmentSettings({ application: { appKey }, environment, reload }: TabProps) {
  const { route } = useLocation();
  const task = useSignal<'add' | 'delete' | undefined>(undefined);
  const end = (): void => {
    task.value = undefined;
  };
  const { name, baseDomain, description, status } = environment;
  const path = { app_key: appKey, environment: name };
  const tagged = useLoad(
    `${appKey} ${name}`,
    async () => {
      const { response } = await api.GET('/applications/{app_key}/environments/{environment}', {
        params: { path },
      });
      return response.headers.get('etag');
    },
    { application: appKey },
  );
  const row = environmentRow(appKey, name);
  const remove = async (): Promise<void> => {
    await api.DELETE('/applications/{app_key}/environments/{environment}', { params: { path } });
    await refreshOverview();
    reload();
    route(pathOf(appKey));
  };
  const add = async (values: FormData): Promise<void> => {
    const body = { name: textOf(values, 'name'), baseDomain: textOf(values, 'baseDomain') || null };
    await api.POST('/applications/{app_key}/environments', { params: { path: { app_key: appKey } }, body });
    await refreshOverview();
    reload();
    end();
    route(pathOf(appKey, body.name));
  };
  return (
    <section>
      <h2>
        {appKey} / {name}
      </h2>
      <EditForm
        key={environment.id}
        action="Save the environment"
        fields={FIELDS}
        current={{ baseDomain, description, status }}
        entityTag={tagged.value ?? null}
        save={async ({ status: next, ...values }, ifMatch) => {
          try {
            await api.PUT('/applications/{app_key}/environments/{environment}', {
              params: { path, ...(ifMatch !== null && { header: { 'If-Match': ifMatch } }) },
              body: { ...values, status: next === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE' },
            });
          } finally {
            reload();
            tagged.reload();
          }
          void refreshOverview();
        }}
      />
      <Command
        text={`mcp-registry environments update ${quoted(appKey)} ${quoted(name)} --base-domain ${quoted(baseDomain ?? 'orders.example.com')}`}
      />
      <div class="buttons">
        <Action
          role="editor"
          onClick={() => {
            task.value = 'add';
          }}
        >
          Add an environment
        </Action>
        <Action
          role="admin"
          class="danger"
          onClick={() => {
            task.value = 'delete';
          }}
        >
          Delete {name}
        </Action>
      </div>
      {task.value === 'delete' && (
        <Confirm
          title={`Delete ${appKey} / ${name}`}
          action="Delete it"
          typed={name}
          onConfirm={remove}
          onClose={end}
        >
          <p>
            This deletes {counted(row?.endpoints ?? 0, 'endpoint')} and {counted(row?.keys ?? 0, 'API key')}.
            It cannot be undone.
          </p>
        </Confirm>
      )}
      {task.value === 'add' && (
        <Dialog title={`Add an environment to ${appKey}`} onClose={end}>
          <Form action="Add" onSubmit={add} onCancel={end}>
            {(mistakeAt) => (
              <>
                <Field label="Name" mistake={mistakeAt('/name')}>
                  {(attributes) => <input {...attributes} name="name" required maxLength={63} />}
                </Field>
                <Field label="Base domain" mistake={mistakeAt('/baseDomain')}>
                  {(attributes) => <input {...attributes} name="baseDomain" />}
                </Field>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </section>
  );
}
