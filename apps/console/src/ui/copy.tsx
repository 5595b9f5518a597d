import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/** Text with a button that copies it; where the browser does not allow that, the text is selected. */
export function Copy({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const code = useRef<HTMLElement>(null);
  const told = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      told.value = 'Copied';
    } catch {
      // Plain HTTP has no clipboard.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      told.value = 'Selected: press Ctrl+C';
    }
  };
  return (
    <span class="copy">
      <code ref={code}>{text}</code>
      <button type="button" class="small" onClick={() => void copy()}>
        {label}
      </button>
      <span role="status">{told.value}</span>
    </span>
  );
}

/** The command line that does the same as the page. */
export function Command({ text }: { readonly text: string }) {
  return (
    <details class="command">
      <summary>Copy as command</summary>
      <Copy text={text} />
    </details>
  );
}

/** A word as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
