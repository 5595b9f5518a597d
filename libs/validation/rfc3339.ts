/** RFC 3339, section 5.6, with at most nine digits of a second and no second 60. */
const DATE_TIME =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?)(?:[Zz]|([+-](?:[01]\d|2[0-3]):[0-5]\d))$/;

/** What {@link parseTime} takes, as the end of a sentence. */
export const TIME_RULE =
  'must be a time that exists, such as 2027-01-31T00:00:00Z (RFC 3339, with Z or an offset, without leap seconds)';

/**
 * Reads a time, to the millisecond. `undefined` for all other text, days that the month does not have, hour 24 and
 * leap seconds included: JavaScript and PostgreSQL would move them to another time.
 */
export function parseTime(text: string): Date | undefined {
  const [, date, time, offset = 'Z'] = DATE_TIME.exec(text) ?? [];
  if (date === undefined || time === undefined || !isCalendarDate(date)) return undefined;
  const read = new Date(`${date}T${time}${offset}`);
  // An offset can lead beyond the years that RFC 3339 can write, in which it will be answered.
  const year = read.getUTCFullYear();
  return year >= 0 && year <= 9999 ? read : undefined;
}

/** Whether the month of a date such as 2027-02-28 has that day. */
export function isCalendarDate(date: string): boolean {
  const read = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date);
}
