import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { api } from '../../api/client.js';
import { pathOf } from '../../paths.js';
import { environments, refreshOverview } from '../../state/registry.js';
import { may } from '../../state/session.js';
import { Confirm } from '../../ui/confirm.js';
import { Command, quoted } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { Field, Form, textOf } from '../../ui/form.js';
import { counted } from '../../ui/format.js';
import { Action } from '../../ui/notes.js';
import type { TabProps } from './tab-props.js';

/** The environment: where it is, and whether it is. */
export function EnvironmentSettings({ application: { appKey }, environment, reload }: TabProps) {
  const { route } = useLocation();
  const told = useSignal('');
  const task = useSignal<'add' | 'delete' | undefined>(undefined);
  const end = (): void => {
    task.value = undefined;
  };
  const { name, baseDomain, description, status, updatedAt } = environment;
  const path = { app_key: appKey, environment: name };
  const row = environments.value.find((each) => each.appKey === appKey && each.name === name);
  const save = async (values: FormData): Promise<void> => {
    told.value = '';
    await api.PUT('/applications/{app_key}/environments/{environment}', {
      params: { path },
      body: {
        baseDomain: textOf(values, 'baseDomain') || null,
        description: textOf(values, 'description') || null,
        status: textOf(values, 'status') === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
      },
    });
    told.value = 'Saved.';
    reload();
    void refreshOverview();
  };
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
      <fieldset disabled={!may('editor')}>
        <Form key={`${environment.id} ${updatedAt}`} action="Save the environment" onSubmit={save}>
          {(mistakeAt) => (
            <>
              <Field
                label="Base domain"
                hint="Such as orders.example.com; https unless it begins with http://."
                mistake={mistakeAt('/baseDomain')}
              >
                {(attributes) => <input {...attributes} name="baseDomain" defaultValue={baseDomain ?? ''} />}
              </Field>
              <Field label="About the environment" mistake={mistakeAt('/description')}>
                {(attributes) => (
                  <input {...attributes} name="description" defaultValue={description ?? ''} />
                )}
              </Field>
              <Field
                label="Status"
                hint="The API keys of an inactive environment are refused."
                mistake={mistakeAt('/status')}
              >
                {(attributes) => (
                  <select {...attributes} name="status">
                    <option value="ACTIVE" selected={status === 'ACTIVE'}>
                      active
                    </option>
                    <option value="INACTIVE" selected={status === 'INACTIVE'}>
                      inactive
                    </option>
                  </select>
                )}
              </Field>
            </>
          )}
        </Form>
      </fieldset>
      <p role="status">{told.value}</p>
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
