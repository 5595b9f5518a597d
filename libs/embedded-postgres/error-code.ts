/** Whether this is an error with one of these codes (`ENOENT`, `EEXIST`, a SQLSTATE…). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  // No instanceof: under Jest the errors of Node's own modules belong to another realm.
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
