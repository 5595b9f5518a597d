import { isCalendarDate } from '#libs/validation/rfc3339.js';

/** A time of the reference, UTC unless it names a zone; undefined when it is not a time that exists. */
export function timeIn(value: unknown): Date | undefined {
  const time =
    value instanceof Date ? value : typeof value === 'string' ? timeOf(zoned(value.trim())) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) || !isInCalendar(time) ? undefined : time;
}

/** A number within bounds; null for anything else. */
export function numberIn(value: unknown, min: number, max: number): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= min && number <= max ? number : null;
}

/** As text; null when absent. */
export function textIn(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

/** An id of the reference that is valid here: every id may become a segment of a path. */
export function idIn(value: unknown): string | undefined {
  const id = textIn(value);
  return id !== null && /^[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}$/.test(id) ? id : undefined;
}

/** JavaScript moves February 30 and hour 24 to the next day that exists. */
function timeOf(text: string): Date | undefined {
  const [date, hour] = [text.slice(0, 10), text.slice(11, 13)];
  const isMoved = /^\d{4}-\d{2}-\d{2}$/.test(date) && (!isCalendarDate(date) || hour === '24');
  return isMoved ? undefined : new Date(text);
}

function zoned(text: string): string {
  return /(z|[+-]\d\d(:?\d\d)?)$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`;
}

/** Whether RFC 3339 can write it. */
function isInCalendar(time: Date): boolean {
  return time.getUTCFullYear() >= 0 && time.getUTCFullYear() <= 9999;
}
