/** What bcrypt libraries write: `$2a$`, `$2b$` or `$2y$`, cost 4 to 31, salt and hash. */
const BCRYPT_HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** The same as of BCRYPT_COST. Each step doubles the work: cost 15 takes some 2 s of a core, cost 31 more than a day. */
const MAX_COST = 15;

/** bcrypt reads this many bytes of a key: a longer one would match by its prefix. */
export const MAX_KEY_BYTES = 72;

/** Why no key can be compared with a hash, as the end of a sentence; `undefined` when keys can. */
export function hashFault(hash: string): string | undefined {
  const cost = BCRYPT_HASH.exec(hash)?.[1];
  if (cost === undefined) return 'is no bcrypt hash';
  return Number(cost) > MAX_COST
    ? `is a bcrypt hash of cost ${cost}; the highest cost allowed is ${MAX_COST}`
    : undefined;
}
