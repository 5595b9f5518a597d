import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { useLoad } from '../../state/load.js';
import { Command, quoted } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { Field, Form, textOf } from '../../ui/form.js';
import { Action, Loading } from '../../ui/notes.js';
import { expiresInDays, ExpiryField } from '../keys/expiry-field.js';
import { KeyList } from '../keys/key-list.js';
import { NewApiKey } from '../keys/new-api-key.js';
import type { TabProps } from './tab-props.js';

/** The API keys of an environment. */
export function KeysTab({ application: { appKey }, environment: { name } }: TabProps) {
  const isIssuing = useSignal(false);
  const secret = useSignal<string | undefined>(undefined);
  const keys = useLoad(
    `${appKey} ${name}`,
    async () => {
      const query = { application: appKey, environment: name };
      return (await api.GET('/api-keys', { params: { query } })).data ?? [];
    },
    { application: appKey },
  );
  const issue = async (values: FormData): Promise<void> => {
    const { data } = await api.POST('/applications/{app_key}/environments/{environment}/api-keys', {
      params: { path: { app_key: appKey, environment: name } },
      body: { name: textOf(values, 'name'), expiresInDays: expiresInDays(values) },
    });
    isIssuing.value = false;
    secret.value = data?.apiKey;
    keys.reload();
  };
  return (
    <>
      <div class="toolbar">
        <Action
          role="editor"
          class="primary"
          onClick={() => {
            isIssuing.value = true;
          }}
        >
          Issue a key
        </Action>
      </div>
      <Loading of={keys}>
        {(list) =>
          list.length === 0 ? (
            <p>{name} has no API key yet: with one, the application registers its endpoints.</p>
          ) : (
            <KeyList keys={list} reload={keys.reload} />
          )
        }
      </Loading>
      <Command text={`mcp-registry keys list ${quoted(appKey)} ${quoted(name)}`} />
      {isIssuing.value && (
        <Dialog
          title={`Issue a key of ${appKey} / ${name}`}
          onClose={() => {
            isIssuing.value = false;
          }}
        >
          <Form
            action="Issue"
            onSubmit={issue}
            onCancel={() => {
              isIssuing.value = false;
            }}
          >
            {(mistakeAt) => (
              <>
                <Field label="Name" hint="What the key is used for." mistake={mistakeAt('/name')}>
                  {(attributes) => <input {...attributes} name="name" required maxLength={255} />}
                </Field>
                <ExpiryField label="Days until it expires" mistakeAt={mistakeAt} />
              </>
            )}
          </Form>
          <Command text={`mcp-registry keys issue ${quoted(appKey)} ${quoted(name)} --name NAME`} />
        </Dialog>
      )}
      <NewApiKey secret={secret} />
    </>
  );
}
