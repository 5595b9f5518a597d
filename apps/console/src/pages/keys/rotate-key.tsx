import { api } from '../../api/client.js';
import { Command, quoted } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { Field, Form, textOf } from '../../ui/form.js';
import { age } from '../../ui/format.js';
import { expiresInDays, ExpiryField } from './expiry-field.js';
import type { ListedKey } from './listed-key.js';

interface RotateKeyProps {
  readonly of: ListedKey;
  /** Is given the new secret. */
  readonly onDone: (secret: string) => void;
  readonly onClose: () => void;
}

const GRACE_PERIODS = [
  ['86400', '24 hours'],
  ['3600', '1 hour'],
  ['604800', '7 days'],
  ['0', 'none: refused at once'],
] as const;

/** A new key in the place of one, which lives on for a while. */
export function RotateKey({
  of: { id, appKey, environment, name, lastUsedAt },
  onDone,
  onClose,
}: RotateKeyProps) {
  const rotate = async (values: FormData): Promise<void> => {
    const { data } = await api.POST(
      '/applications/{app_key}/environments/{environment}/api-keys/{id}/rotate',
      {
        params: { path: { app_key: appKey, environment, id } },
        body: {
          gracePeriodSeconds: Number(textOf(values, 'grace')),
          expiresInDays: expiresInDays(values),
        },
      },
    );
    if (data !== undefined) onDone(data.apiKey);
  };
  return (
    <Dialog title={`Rotate ${name}`} onClose={onClose}>
      <p>
        {appKey} / {environment} gets a new key. The old one was last used {age(lastUsedAt)}; the list shows
        when it falls silent.
      </p>
      <Form action="Rotate" onSubmit={rotate} onCancel={onClose}>
        {(mistakeAt) => (
          <>
            <Field label="The old key lives on for" mistake={mistakeAt('/gracePeriodSeconds')}>
              {(attributes) => (
                <select {...attributes} name="grace">
                  {GRACE_PERIODS.map(([seconds, label]) => (
                    <option key={seconds} value={seconds}>
                      {label}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <ExpiryField label="Days until the new key expires" mistakeAt={mistakeAt} />
          </>
        )}
      </Form>
      <Command
        text={`mcp-registry keys rotate ${quoted(appKey)} ${quoted(environment)} ${id} --grace-period 86400`}
      />
    </Dialog>
  );
}
