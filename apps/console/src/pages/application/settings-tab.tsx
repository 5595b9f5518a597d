import { api } from '../../api/client.js';
import { refreshOverview } from '../../state/registry.js';
import { Command, quoted } from '../../ui/copy.js';
import { type EditedField, EditForm } from '../../ui/edit-form.js';
import { EnvironmentSettings } from './environment-settings.js';
import type { TabProps } from './tab-props.js';

const FIELDS: readonly EditedField[] = [
  { name: 'name', label: 'Name', isRequired: true },
  { name: 'description', label: 'Description', hint: 'Agents read it.', isLong: true },
  { name: 'owner', label: 'Owner', hint: 'A person, a team or an address.' },
  {
    name: 'healthCheckUrl',
    label: 'Health URL',
    hint: 'A path is probed below the base domain of each environment; an absolute URL as it is.',
  },
];

/** What is known of an application and of the environment, and may be changed. */
export function SettingsTab(props: TabProps) {
  const { application, entityTag, reload } = props;
  const { appKey, name, description, owner, healthCheckUrl } = application;
  return (
    <>
      <section>
        <h2>{appKey}</h2>
        <EditForm
          key={appKey}
          action="Save the application"
          fields={FIELDS}
          current={{ name, description, owner, healthCheckUrl }}
          entityTag={entityTag}
          save={async (values, ifMatch) => {
            try {
              await api.PUT('/applications/{app_key}', {
                params: {
                  path: { app_key: appKey },
                  ...(ifMatch !== null && { header: { 'If-Match': ifMatch } }),
                },
                body: { ...values, name: values.name ?? '' },
              });
            } finally {
              reload();
            }
            void refreshOverview();
          }}
        />
        <Command text={`mcp-registry apps update ${quoted(appKey)} --description TEXT`} />
      </section>
      <EnvironmentSettings {...props} />
    </>
  );
}
