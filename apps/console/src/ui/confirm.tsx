import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Dialog } from './dialog.js';
import { Field, Form } from './form.js';

interface ConfirmProps {
  readonly title: string;
  readonly action: string;
  /** What must be typed first; undefined: nothing. */
  readonly typed?: string | undefined;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before what cannot be undone, and says what it breaks. */
export function Confirm({ title, action, typed, onConfirm, onClose, children }: ConfirmProps) {
  const text = useSignal('');
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <Form
        action={action}
        isDangerous
        isDisabled={typed !== undefined && text.value !== typed}
        onSubmit={onConfirm}
        onCancel={onClose}
      >
        {() =>
          typed !== undefined && (
            <Field label={`Type ${typed} to confirm`}>
              {(attributes) => (
                <input
                  {...attributes}
                  autocomplete="off"
                  onInput={(event) => {
                    text.value = event.currentTarget.value;
                  }}
                />
              )}
            </Field>
          )
        }
      </Form>
    </Dialog>
  );
}
