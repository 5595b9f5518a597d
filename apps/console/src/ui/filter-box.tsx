import { useRef } from 'preact/hooks';
import { useKey } from './keys.js';

interface FilterBoxProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onInput: (value: string) => void;
}

/** A field that narrows a list; `/` goes there, Escape empties it. */
export function FilterBox({ label, value, placeholder, onInput }: FilterBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  useKey('/', () => input.current?.focus());
  return (
    <input
      ref={input}
      class="filter"
      type="search"
      aria-label={label}
      title="Press / to come here"
      placeholder={placeholder}
      value={value}
      onInput={(event) => {
        onInput(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onInput('');
      }}
    />
  );
}
