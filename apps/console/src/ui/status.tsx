import type { Condition } from '../state/registry.js';

const SHAPES: Readonly<Record<Condition, string>> = { up: '●', down: '▲', unknown: '○', degraded: '◐' };

/** A status as shape, word and colour. */
export function Status({ condition }: { readonly condition: Condition }) {
  return (
    <span class={`status ${condition}`}>
      <span aria-hidden="true">{SHAPES[condition]}</span> {condition}
    </span>
  );
}

/** The shape alone, where the word stands next to others; the word is read aloud. */
export function StatusShape({ condition }: { readonly condition: Condition }) {
  return (
    <span class={`status ${condition}`} role="img" aria-label={condition} title={condition}>
      {SHAPES[condition]}
    </span>
  );
}

/** The health of the API as a status. */
export function conditionOfHealth(health: 'UNKNOWN' | 'ACTIVE' | 'INACTIVE'): Condition {
  if (health === 'UNKNOWN') return 'unknown';
  return health === 'ACTIVE' ? 'up' : 'down';
}
