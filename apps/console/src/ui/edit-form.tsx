import { useSignal } from '@preact/signals';
import { Problem } from '../api/problem.js';
import { may } from '../state/session.js';
import { Field, Form, textOf } from './form.js';

/** A text that can be edited. */
export interface EditedField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
  readonly isLong?: boolean;
  /** Where only these are possible. */
  readonly options?: readonly (readonly [value: string, label: string])[];
}

type Values = Readonly<Record<string, string | null>>;

interface EditFormProps {
  readonly action: string;
  readonly fields: readonly EditedField[];
  /** As the registry has them now. */
  readonly current: Values;
  /** Of that state; null: not known. */
  readonly entityTag: string | null;
  /** @throws Problem 412 when the state is another one by now */
  readonly save: (values: Values, ifMatch: string | null) => Promise<void>;
}

/**
 * A form over a state that others may change meanwhile. While nothing is typed it follows that state; what is typed is never lost,
 * and never overwrites what another operator has saved unseen.
 */
export function EditForm({ action, fields, current, entityTag, save }: EditFormProps) {
  const began = useSignal<{ values: Values; entityTag: string | null } | undefined>(undefined);
  const isConflict = useSignal(false);
  const told = useSignal('');
  const { values, entityTag: ifMatch } = began.value ?? { values: current, entityTag };
  const begin = (): void => {
    told.value = '';
    began.value ??= { values: current, entityTag };
  };
  const submit = async (form: FormData): Promise<void> => {
    const next = Object.fromEntries(fields.map(({ name }) => [name, textOf(form, name) || null]));
    try {
      await save(next, ifMatch);
    } catch (error) {
      isConflict.value = error instanceof Problem && error.status === 412;
      throw error;
    }
    began.value = undefined;
    isConflict.value = false;
    told.value = 'Saved.';
  };
  const theirs = fields.filter(({ name }) => current[name] !== values[name]);
  return (
    <fieldset disabled={!may('editor')} onInput={begin}>
      <Form key={JSON.stringify(values)} action={action} onSubmit={submit}>
        {(mistakeAt) =>
          fields.map((field) => (
            <Field
              key={field.name}
              label={field.label}
              {...(field.hint !== undefined && { hint: field.hint })}
              mistake={mistakeAt(`/${field.name}`)}
            >
              {(attributes) => (
                <Control field={field} value={values[field.name] ?? ''} attributes={attributes} />
              )}
            </Field>
          ))
        }
      </Form>
      {isConflict.value && (
        <div role="alert">
          <p>Another operator has saved since you began:</p>
          <ul>
            {theirs.map(({ name, label }) => (
              <li key={name}>
                {label}: {values[name] ?? '(empty)'} → <strong>{current[name] ?? '(empty)'}</strong>
              </li>
            ))}
            {theirs.length === 0 && <li>none of the fields above</li>}
          </ul>
          <div class="buttons">
            <button
              type="button"
              onClick={() => {
                began.value = { values, entityTag };
                isConflict.value = false;
              }}
            >
              Keep mine, and save again
            </button>
            <button
              type="button"
              onClick={() => {
                began.value = undefined;
                isConflict.value = false;
              }}
            >
              Take theirs
            </button>
          </div>
        </div>
      )}
      <p role="status">{told.value}</p>
    </fieldset>
  );
}

interface ControlProps {
  readonly field: EditedField;
  readonly value: string;
  readonly attributes: { readonly id: string; readonly 'aria-describedby': string };
}

function Control({ field: { name, isRequired, isLong, options }, value, attributes }: ControlProps) {
  if (options !== undefined) {
    return (
      <select {...attributes} name={name}>
        {options.map(([option, label]) => (
          <option key={option} value={option} selected={option === value}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  if (isLong === true) return <textarea {...attributes} name={name} rows={3} defaultValue={value} />;
  return <input {...attributes} name={name} required={isRequired} defaultValue={value} />;
}
