import { signal } from '@preact/signals';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The time that ages are told for. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 10_000);

/** '6 d 4 h'. */
export function duration(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return two(span, HOUR, 'h', MINUTE, 'min');
  return two(span, DAY, 'd', HOUR, 'h');
}

function two(span: number, great: number, greatName: string, small: number, smallName: string): string {
  const rest = Math.floor((span % great) / small);
  return `${Math.floor(span / great)} ${greatName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** '12 s ago', or 'in 3 d'; 'never' without a time. */
export function age(time: string | null): string {
  if (time === null) return 'never';
  const span = now.value - Date.parse(time);
  return span >= -5 * SECOND ? `${duration(span)} ago` : `in ${duration(-span)}`;
}

/** '99.93 %'; '–' without probes. */
export function percent(share: number | null): string {
  if (share === null) return '–';
  return share === 1 ? '100 %' : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/** '85 ms', or '2.1 s'. */
export function took(seconds: number | null): string {
  if (seconds === null) return '–';
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Date and time of the browser's place. */
export function moment(time: string | null): string {
  return time === null ? '–' : dateTime.format(new Date(time));
}

/** '1 key', '2 keys'. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? thing : things}`;
}
