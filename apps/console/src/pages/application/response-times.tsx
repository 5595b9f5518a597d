import { DAY, took } from '../../ui/format.js';
import type { HistoryPoint } from './day-strip.js';

const hourOf = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

const HOURS = 48;
const HOUR = DAY / 24;

/** Response times of the last 48 hours: p95 as bars, hours with failures in another colour; and as a table. */
export function ResponseTimes({ points }: { readonly points: readonly HistoryPoint[] }) {
  const greatest = Math.max(0, ...points.flatMap(({ responseTimeP95 }) => responseTimeP95 ?? []));
  if (greatest === 0) return null;
  const byHour = new Map(points.map((point) => [Math.floor(Date.parse(point.start) / HOUR), point]));
  const last = Math.floor(Date.now() / HOUR);
  const slots = Array.from({ length: HOURS }, (_, index) => byHour.get(last - HOURS + 1 + index));
  const height = (seconds: number | null): string => `${Math.max(2, ((seconds ?? 0) / greatest) * 100)}%`;
  return (
    <figure class="fleet">
      <h2>Response times</h2>
      <div class="bars" role="img" aria-label="95th percentile of response times by hour">
        {slots.map((point, slot) => (
          <span
            key={slot}
            class={point === undefined ? 'none' : point.failures > 0 ? 'failed' : ''}
            style={{ height: height(point?.responseTimeP95 ?? null) }}
            title={point && titleOf(point)}
          />
        ))}
      </div>
      <figcaption>p95 by hour, the last 48 hours; the highest was {took(greatest)}.</figcaption>
      <details>
        <summary>Table</summary>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Hour</th>
              <th scope="col">p50</th>
              <th scope="col">p95</th>
              <th scope="col">Max</th>
              <th scope="col">Failures</th>
            </tr>
          </thead>
          <tbody>
            {[...points].reverse().map((point) => (
              <tr key={point.start}>
                <td>{hourOf.format(new Date(point.start))}</td>
                <td>{took(point.responseTimeP50)}</td>
                <td>{took(point.responseTimeP95)}</td>
                <td>{took(point.responseTimeMax)}</td>
                <td>{point.failures}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function titleOf({ start, responseTimeP50, responseTimeP95, failures }: HistoryPoint): string {
  const times = `p50 ${took(responseTimeP50)}, p95 ${took(responseTimeP95)}`;
  return `${hourOf.format(new Date(start))}: ${times}, ${failures} failures`;
}
