import { randomBytes } from 'node:crypto';
import { compare, hash } from 'bcryptjs';

/** `mcp_<selector>_<secret>`: 64 characters, below the 72 bytes bcrypt looks at. */
const KEY_FORMAT = /^mcp_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
/** What bcryptjs can compare with: from any other text it throws. */
const COMPARABLE_HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const SELECTOR_BYTES = 8;
const SECRET_BYTES = 32;

export interface KeyMaterial {
  /** The whole key: for its owner only, never stored. */
  readonly key: string;
  /** The part by which its row is found. */
  readonly selector: string;
}

/** A new key with 256 random bits of secret. */
export function newKeyMaterial(): KeyMaterial {
  const selector = randomBytes(SELECTOR_BYTES).toString('hex');
  return { key: `mcp_${selector}_${randomBytes(SECRET_BYTES).toString('base64url')}`, selector };
}

/** The selector of a key the registry made; `undefined` for any other text. */
export function selectorOf(key: string): string | undefined {
  return KEY_FORMAT.exec(key)?.[1];
}

export function hashKey(key: string, cost: number): Promise<string> {
  return hash(key, cost);
}

/** Compares in constant time. Understands `$2a$`, `$2b$` and `$2y$`; anything else matches nothing. */
export async function matchesHash(key: string, hashedKey: string): Promise<boolean> {
  return COMPARABLE_HASH.test(hashedKey) && compare(key, hashedKey);
}
