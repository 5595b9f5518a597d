import { useComputed } from '@preact/signals';
import { CHIPS, filtered, toggled, tokensOf } from '../state/application-filter.js';
import { applications } from '../state/registry.js';

interface ChipsProps {
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

/** Tokens of the filter as buttons, each with how many applications it would find alone. */
export function Chips({ filter, onFilter }: ChipsProps) {
  const tokens = tokensOf(filter);
  const counts = useComputed(() => CHIPS.map(([token]) => filtered(applications.value ?? [], token).length));
  return (
    <div class="toolbar" role="group" aria-label="Filters">
      {CHIPS.map(([token, label], index) => {
        const count = counts.value[index] ?? 0;
        const isOn = tokens.includes(token);
        if (count === 0 && !isOn) return null;
        return (
          <button
            key={token}
            type="button"
            class="small"
            aria-pressed={isOn}
            onClick={() => {
              onFilter(toggled(filter, token));
            }}
          >
            {label} <span class="muted">{count}</span>
          </button>
        );
      })}
    </div>
  );
}
