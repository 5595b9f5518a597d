import { api } from '../../api/client.js';
import { Command } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { Field, Form, textOf } from '../../ui/form.js';

interface CreateProps {
  /** Is given the first key. */
  readonly onSecret: (secret: string) => void;
  readonly onClose: () => void;
}

const KINDS = ['person', 'service', 'agent'] as const;

/** What each role may do, in words. */
export const ROLES = [
  ['viewer', 'viewer: reads everything but secrets'],
  ['editor', 'editor: changes applications, environments, endpoints and keys'],
  ['admin', 'admin: everything, deletions and operators too'],
  ['agent', 'agent: searches and reads endpoints'],
] as const;

/** A new operator with a first key. */
export function CreateOperator({ onSecret, onClose }: CreateProps) {
  const create = async (values: FormData): Promise<void> => {
    const name = textOf(values, 'name');
    const { data } = await api.POST('/operators', {
      body: {
        name,
        kind: KINDS.find((kind) => kind === values.get('kind')) ?? 'person',
        role: ROLES.find(([role]) => role === values.get('role'))?.[0] ?? 'viewer',
        applications: namesOf(textOf(values, 'applications')),
        environments: namesOf(textOf(values, 'environments')),
      },
    });
    if (data === undefined) return;
    const issued = await api.POST('/operators/{operator}/keys', {
      params: { path: { operator: data.name } },
      body: { name: 'first key' },
    });
    onClose();
    if (issued.data !== undefined) onSecret(issued.data.key);
  };
  return (
    <Dialog title="Create an operator" onClose={onClose}>
      <Form action="Create with a key" onSubmit={create} onCancel={onClose}>
        {(mistakeAt) => (
          <>
            <Field label="Name" hint="As the audit trail tells it." mistake={mistakeAt('/name')}>
              {(attributes) => <input {...attributes} name="name" required maxLength={100} />}
            </Field>
            <Field label="Kind" mistake={mistakeAt('/kind')}>
              {(attributes) => (
                <select {...attributes} name="kind">
                  {KINDS.map((kind) => (
                    <option key={kind}>{kind}</option>
                  ))}
                </select>
              )}
            </Field>
            <Field label="Role" mistake={mistakeAt('/role')}>
              {(attributes) => (
                <select {...attributes} name="role">
                  {ROLES.map(([role, label]) => (
                    <option key={role} value={role}>
                      {label}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field
              label="Only these applications"
              hint="App keys with commas between them; empty: all."
              mistake={mistakeAt('/applications')}
            >
              {(attributes) => <input {...attributes} name="applications" />}
            </Field>
            <Field
              label="Only these environments"
              hint="Names with commas between them; empty: all."
              mistake={mistakeAt('/environments')}
            >
              {(attributes) => <input {...attributes} name="environments" />}
            </Field>
          </>
        )}
      </Form>
      <Command text="mcp-registry operators create NAME --kind person --role viewer" />
    </Dialog>
  );
}

function namesOf(text: string): string[] | null {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? null : names;
}
