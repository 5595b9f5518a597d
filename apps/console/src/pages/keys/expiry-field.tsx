import { Field, textOf } from '../../ui/form.js';

interface ExpiryFieldProps {
  readonly label: string;
  readonly mistakeAt: (pointer: string) => string | undefined;
}

/** For how long a new key is accepted. */
export function ExpiryField({ label, mistakeAt }: ExpiryFieldProps) {
  return (
    <Field
      label={label}
      hint="Empty: it does not, or after the greatest lifetime of this registry."
      mistake={mistakeAt('/expiresInDays')}
    >
      {(attributes) => <input {...attributes} name="days" type="number" min={1} max={3650} />}
    </Field>
  );
}

/** What was typed into it; null: nothing. */
export function expiresInDays(values: FormData): number | null {
  const days = textOf(values, 'days');
  return days === '' ? null : Number(days);
}
