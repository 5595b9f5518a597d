import { CONSOLE_PATH } from '../base-path.js';
import { applications, environments, hasFigures } from '../state/registry.js';
import { counted, percent } from './format.js';

/** All environments together, hour by hour, and how much there is. */
export function Fleet() {
  const rows = environments.value;
  const shares = Array.from({ length: 24 }, (_, hour) => {
    const letters = rows.flatMap(({ hours }) => hours?.[hour] ?? []).filter((letter) => letter !== '-');
    return letters.length === 0 ? null : letters.filter((letter) => letter === 'u').length / letters.length;
  });
  const known = shares.filter((share) => share !== null);
  const least = known.length === 0 ? null : Math.min(...known);
  const sum = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  return (
    <section>
      <h2>Fleet</h2>
      <figure class="fleet">
        <div class="bars" role="img" aria-label="Share of environments without failures, by hour">
          {shares.map((share, hour) => (
            <span
              key={hour}
              class={share === null ? 'none' : share < 1 ? 'partly' : ''}
              style={{ height: `${share === null ? 3 : Math.max(6, share * 100)}%` }}
              title={`${24 - hour} h ago: ${percent(share)}`}
            />
          ))}
        </div>
        <figcaption>
          {hasFigures.value
            ? `Share of environments without failures in each of 24 hours; the least was ${percent(least)}.`
            : 'The last 24 hours are being counted.'}
        </figcaption>
      </figure>
      <p class="counts">
        <a href={`${CONSOLE_PATH}/apps`}>{counted(applications.value?.length ?? 0, 'application')}</a>
        <a href={`${CONSOLE_PATH}/apps`}>{counted(rows.length, 'environment')}</a>
        <a href={`${CONSOLE_PATH}/endpoints`}>
          {counted(
            sum((row) => row.endpoints),
            'endpoint',
          )}
        </a>
        <a href={`${CONSOLE_PATH}/keys`}>
          {counted(
            sum((row) => row.keys),
            'key',
          )}
        </a>
      </p>
    </section>
  );
}
