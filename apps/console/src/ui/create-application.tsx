import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { api } from '../api/client.js';
import { pathOf } from '../paths.js';
import { applications, refreshOverview } from '../state/registry.js';
import { Dialog } from './dialog.js';
import { Field, Form, textOf } from './form.js';

/** A new application with its environments; leads to its page. */
export function CreateApplication({ onClose }: { readonly onClose: () => void }) {
  const { route } = useLocation();
  const name = useSignal('');
  const appKey = useSignal('');
  const isTaken = applications.value?.some((each) => each.appKey === appKey.value) === true;
  const create = async (values: FormData): Promise<void> => {
    const { data } = await api.POST('/applications', {
      body: {
        name: textOf(values, 'name'),
        appKey: textOf(values, 'appKey') || null,
        description: textOf(values, 'description') || null,
        healthCheckUrl: textOf(values, 'healthCheckUrl') || null,
        environments: environmentsOf(textOf(values, 'environments')),
      },
    });
    await refreshOverview();
    if (data !== undefined) route(pathOf(data.appKey));
  };
  return (
    <Dialog title="Create an application" onClose={onClose}>
      <Form action="Create" onSubmit={create} onCancel={onClose}>
        {(mistakeAt) => (
          <>
            <Field label="Name" hint="For people." mistake={mistakeAt('/name')}>
              {(attributes) => (
                <input
                  {...attributes}
                  name="name"
                  required
                  maxLength={255}
                  onInput={(event) => {
                    name.value = event.currentTarget.value;
                  }}
                />
              )}
            </Field>
            <Field
              label="App key"
              hint="For machines, unique in the registry. Made from the name when it is empty."
              mistake={mistakeAt('/appKey') ?? (isTaken ? 'It belongs to another application.' : undefined)}
            >
              {(attributes) => (
                <input
                  {...attributes}
                  name="appKey"
                  maxLength={128}
                  placeholder={suggested(name.value)}
                  onInput={(event) => {
                    appKey.value = event.currentTarget.value.trim();
                  }}
                />
              )}
            </Field>
            <Field label="Description" hint="Agents read it." mistake={mistakeAt('/description')}>
              {(attributes) => <textarea {...attributes} name="description" rows={2} maxLength={10_000} />}
            </Field>
            <Field
              label="Environments"
              hint="One a line, with its base domain: production = orders.example.com"
              mistake={mistakeAt('/environments')}
            >
              {(attributes) => (
                <textarea {...attributes} name="environments" rows={3} defaultValue="production" />
              )}
            </Field>
            <Field
              label="Health URL"
              hint="A path such as /health is probed below the base domain of each environment; an absolute URL is probed as it is."
              mistake={mistakeAt('/healthCheckUrl')}
            >
              {(attributes) => <input {...attributes} name="healthCheckUrl" maxLength={2048} />}
            </Field>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function suggested(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Lines such as `production = orders.example.com`; null without any. */
function environmentsOf(text: string): { name: string; baseDomain: string | null }[] | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return null;
  return lines.map((line) => {
    const [name = '', ...domain] = line.split('=');
    return { name: name.trim(), baseDomain: domain.join('=').trim() || null };
  });
}
