import type { components } from '../../api/schema.js';
import { Beats } from '../../ui/beats.js';
import { DAY, percent } from '../../ui/format.js';

export type HistoryPoint = components['schemas']['HealthHistoryPointResponse'];

const DAYS = 90;

/** The last 90 days, one bar each, and as a table. */
export function DayStrip({ points }: { readonly points: readonly HistoryPoint[] }) {
  if (points.length === 0) return null;
  const byDay = new Map(points.map((point) => [point.start.slice(0, 10), point]));
  const today = Date.now();
  const letters = Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(today - (DAYS - 1 - index) * DAY).toISOString().slice(0, 10);
    return letterOf(byDay.get(day));
  });
  return (
    <figure class="strip">
      <Beats hours={letters.join('')} unit="day" />
      <figcaption>The last 90 days, the tallest bars with failures.</figcaption>
      <details>
        <summary>Table</summary>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Uptime</th>
              <th scope="col">Checks</th>
              <th scope="col">Failures</th>
            </tr>
          </thead>
          <tbody>
            {[...points].reverse().map(({ start, uptime, probes, failures }) => (
              <tr key={start}>
                <td>{start.slice(0, 10)}</td>
                <td>{percent(uptime)}</td>
                <td>{probes}</td>
                <td>{failures}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function letterOf(point: HistoryPoint | undefined): string {
  if (point === undefined) return '-';
  if (point.failures > 0) return 'f';
  return point.probes === 0 ? 'e' : 'u';
}
