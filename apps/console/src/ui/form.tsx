import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Problem } from '../api/problem.js';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** What the registry says about it. */
  readonly mistake?: string | undefined;
  readonly children: (attributes: { id: string; 'aria-describedby': string }) => JSX.Element;
}

/** A labelled control with its explanation and what is wrong with it. */
export function Field({ label, hint, mistake, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-about` })}
      <small id={`${id}-about`}>
        {hint} {mistake !== undefined && <span role="alert">{mistake}</span>}
      </small>
    </div>
  );
}

interface FormProps {
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  readonly onSubmit: (values: FormData) => Promise<void>;
  readonly onCancel?: () => void;
  /** @param mistakeAt what is wrong at a JSON pointer such as `/name` */
  readonly children: (mistakeAt: (pointer: string) => string | undefined) => ComponentChildren;
}

/** A form whose refusals land at their fields; the rest is told above the buttons. */
export function Form({ action, isDangerous, isDisabled, onSubmit, onCancel, children }: FormProps) {
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    const values = new FormData(event.currentTarget as HTMLFormElement);
    isBusy.value = true;
    problem.value = undefined;
    try {
      await onSubmit(values);
    } catch (error) {
      problem.value = Problem.from(error);
    } finally {
      isBusy.value = false;
    }
  };
  const shown = new Set<string>();
  const mistakeAt = (pointer: string): string | undefined => {
    const mistake = problem.value?.mistakes.find((each) => `${each.pointer}/`.startsWith(`#${pointer}/`));
    if (mistake !== undefined) shown.add(mistake.pointer);
    return mistake?.detail;
  };
  const fields = children(mistakeAt);
  const elsewhere = problem.value?.mistakes.filter(({ pointer }) => !shown.has(pointer)) ?? [];
  return (
    <form class="fields" onSubmit={(event) => void submit(event)}>
      {fields}
      {problem.value !== undefined && (
        <div role="alert">
          {/* The message repeats the mistakes. */}
          {problem.value.mistakes.length > 0 ? 'It was not saved.' : told(problem.value)}
          {elsewhere.map(({ pointer, detail }) => (
            <div key={pointer}>
              <code>{pointer}</code> {detail}
            </div>
          ))}
        </div>
      )}
      <div class="buttons">
        <button
          type="submit"
          class={isDangerous === true ? 'danger' : 'primary'}
          disabled={isBusy.value || isDisabled}
        >
          {action}
        </button>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

/** A refusal in words, with how long to wait. */
export function told({ message, retryAfter }: Problem): string {
  return retryAfter === undefined ? message : `${message} Try again in ${retryAfter} s.`;
}

/** The text of a field; '' when it is empty. */
export function textOf(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
