import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { refreshOverview } from '../../state/registry.js';
import { may } from '../../state/session.js';
import { Command, quoted } from '../../ui/copy.js';
import { Field, Form, textOf } from '../../ui/form.js';
import type { TabProps } from './tab-props.js';
import { EnvironmentSettings } from './environment-settings.js';

/** What is known of an application and of the environment, and may be changed. */
export function SettingsTab({ application, environment, reload }: TabProps) {
  const told = useSignal('');
  const { appKey, name, description, owner, healthCheckUrl } = application;
  const save = async (values: FormData): Promise<void> => {
    told.value = '';
    await api.PUT('/applications/{app_key}', {
      params: { path: { app_key: appKey } },
      body: {
        name: textOf(values, 'name'),
        description: textOf(values, 'description') || null,
        owner: textOf(values, 'owner') || null,
        healthCheckUrl: textOf(values, 'healthCheckUrl') || null,
      },
    });
    told.value = 'Saved.';
    reload();
    void refreshOverview();
  };
  return (
    <>
      <section>
        <h2>{appKey}</h2>
        <fieldset disabled={!may('editor')}>
          <Form key={`${appKey} ${application.updatedAt}`} action="Save the application" onSubmit={save}>
            {(mistakeAt) => (
              <>
                <Field label="Name" mistake={mistakeAt('/name')}>
                  {(attributes) => (
                    <input {...attributes} name="name" required maxLength={255} defaultValue={name} />
                  )}
                </Field>
                <Field label="Description" hint="Agents read it." mistake={mistakeAt('/description')}>
                  {(attributes) => (
                    <textarea {...attributes} name="description" rows={3} defaultValue={description ?? ''} />
                  )}
                </Field>
                <Field label="Owner" hint="A person, a team or an address." mistake={mistakeAt('/owner')}>
                  {(attributes) => (
                    <input {...attributes} name="owner" maxLength={255} defaultValue={owner ?? ''} />
                  )}
                </Field>
                <Field
                  label="Health URL"
                  hint="A path is probed below the base domain of each environment; an absolute URL as it is."
                  mistake={mistakeAt('/healthCheckUrl')}
                >
                  {(attributes) => (
                    <input {...attributes} name="healthCheckUrl" defaultValue={healthCheckUrl ?? ''} />
                  )}
                </Field>
              </>
            )}
          </Form>
        </fieldset>
        <p role="status">{told.value}</p>
        <Command text={`mcp-registry apps update ${quoted(appKey)} --description TEXT`} />
      </section>
      <EnvironmentSettings {...{ application, environment, reload }} />
    </>
  );
}
