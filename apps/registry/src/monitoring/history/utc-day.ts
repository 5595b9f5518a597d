/** A day of UTC as PostgreSQL writes a date, such as `2026-11-25`: ordered as text. */
export type UtcDay = string;

export function utcDayOf(time: Date): UtcDay {
  return time.toISOString().slice(0, 10);
}

export function startOf(day: UtcDay): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** The day that many days later, or earlier when negative. */
export function addDays(day: UtcDay, days: number): UtcDay {
  const start = startOf(day);
  start.setUTCDate(start.getUTCDate() + days);
  return utcDayOf(start);
}
