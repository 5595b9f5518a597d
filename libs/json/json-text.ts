import { isExactNumber } from './exact-json.js';

/** JSON that stays the text it is: nothing reads it, so that nothing changes it. */
export class JsonText {
  constructor(readonly text: string) {}

  /** For `JSON.stringify`, which changes numbers that a double cannot hold; {@link jsonOf} does not. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** The JSON text of a value that may hold {@link JsonText} and exact numbers; otherwise as `JSON.stringify` has it. */
export function jsonOf(value: unknown): string {
  if (value instanceof JsonText) return value.text;
  if (isExactNumber(value)) return value.value;
  if (Array.isArray(value)) return `[${value.map((each) => jsonOf(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null || isWrittenBySelf(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`).join(',')}}`;
}

/** As dates are. */
function isWrittenBySelf(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}
