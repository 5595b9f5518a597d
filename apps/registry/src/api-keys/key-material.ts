import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretList } from '#libs/config/app-config.js';

/** `mcp_<selector>_<secret>`: 64 characters, below the 72 bytes bcrypt looks at. */
const KEY_FORMAT = /^mcp_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
const SELECTOR_BYTES = 8;
const RANDOM_BYTES = 24;
const MARK_BYTES = 8;
const MARK_LENGTH = 11;

export interface KeyMaterial {
  /** The whole key: for its owner only, never stored. */
  readonly key: string;
  /** The part by which its row is found. */
  readonly selector: string;
}

/** A new key: 192 random bits of secret, and a mark that only a holder of the first secret key can make. */
export function newKeyMaterial([secretKey]: SecretList): KeyMaterial {
  const selector = randomBytes(SELECTOR_BYTES).toString('hex');
  const unmarked = `mcp_${selector}_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return { key: unmarked + markOf(unmarked, secretKey), selector };
}

/** The selector of a key the registry made; `undefined` for any other text. */
export function selectorOf(key: string): string | undefined {
  return KEY_FORMAT.exec(key)?.[1];
}

/**
 * Whether the registry made this very key under one of these secret keys, told without a look at the database. It
 * says nothing of whether the key is still accepted; and a key without a mark may be good.
 */
export function hasMark(key: string, secretKeys: SecretList): boolean {
  if (!KEY_FORMAT.test(key)) return false;
  const [unmarked, mark] = [key.slice(0, -MARK_LENGTH), Buffer.from(key.slice(-MARK_LENGTH))];
  return secretKeys.some((secretKey) => timingSafeEqual(mark, Buffer.from(markOf(unmarked, secretKey))));
}

function markOf(unmarked: string, secretKey: string): string {
  const digest = createHmac('sha256', secretKey).update(`mark of ${unmarked}`).digest();
  return digest.subarray(0, MARK_BYTES).toString('base64url');
}
