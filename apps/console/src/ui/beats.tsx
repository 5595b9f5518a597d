import { counted } from './format.js';

/** Failures are the tallest, so that they are seen without colours. */
const KINDS = [
  { letter: 'u', height: 6, name: 'up' },
  { letter: 'f', height: 10, name: 'with failures' },
  { letter: 'e', height: 4, name: 'not made' },
  { letter: '-', height: 1, name: 'without checks' },
] as const;

/** The last 24 hours, or other equal spans, of `hours`: one bar each. */
export function Beats({ hours, unit = 'hour' }: { readonly hours: string | null; readonly unit?: string }) {
  if (hours === null) return <span class="beats" aria-label="not counted yet" role="img" />;
  const letters = [...hours];
  const label = KINDS.flatMap(({ letter, name }) => {
    const count = letters.filter((each) => each === letter).length;
    return count === 0 ? [] : [`${counted(count, unit)} ${name}`];
  }).join(', ');
  return (
    <svg
      class="beats"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${letters.length * 3} 10`}
      preserveAspectRatio="none"
    >
      <title>{label}</title>
      {KINDS.map(({ letter, height }) => {
        const bars = letters.flatMap((each, index) =>
          each === letter ? [`M${index * 3} 10v-${height}h2v${height}z`] : [],
        );
        return bars.length === 0 ? null : <path key={letter} class={`beat-${letter}`} d={bars.join('')} />;
      })}
    </svg>
  );
}
