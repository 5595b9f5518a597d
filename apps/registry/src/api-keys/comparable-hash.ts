/** What bcrypt libraries write: `$2a$`, `$2b$` or `$2y$`, cost 4 to 31. */
const BCRYPT_HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Whether a key can be compared with it: from any other text bcryptjs throws. */
export function isComparableHash(hash: string): boolean {
  return BCRYPT_HASH.test(hash);
}
