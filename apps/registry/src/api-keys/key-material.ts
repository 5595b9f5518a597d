import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretList } from '#libs/config/app-config.js';

/** `mcp_<selector>_<secret>`: 64 characters, below the 72 bytes bcrypt looks at. */
const KEY_FORMAT = /^mcp_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
const SELECTOR_BYTES = 8;
const RANDOM_BYTES = 24;
const CHECKSUM_BYTES = 8;
const CHECKSUM_LENGTH = 11;

export interface KeyMaterial {
  /** The whole key: for its owner only, never stored. */
  readonly key: string;
  /** The part by which its record is found. */
  readonly selector: string;
}

/** A new key: 192 random bits of secret, and a checksum (HMAC) that only the first secret key can make. */
export function newKeyMaterial([secretKey]: SecretList): KeyMaterial {
  const selector = randomBytes(SELECTOR_BYTES).toString('hex');
  const body = `mcp_${selector}_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return { key: body + checksumOf(body, secretKey), selector };
}

/** The selector of a key the registry made; `undefined` for any other text. */
export function selectorOf(key: string): string | undefined {
  return KEY_FORMAT.exec(key)?.[1];
}

/**
 * Whether the key carries the checksum of one of the secret keys, so that the registry recognises it without the
 * database. The key may be revoked all the same, and a key without a checksum may be valid.
 */
export function hasChecksum(key: string, secretKeys: SecretList): boolean {
  if (!KEY_FORMAT.test(key)) return false;
  const [body, checksum] = [key.slice(0, -CHECKSUM_LENGTH), Buffer.from(key.slice(-CHECKSUM_LENGTH))];
  return secretKeys.some((secretKey) => timingSafeEqual(checksum, Buffer.from(checksumOf(body, secretKey))));
}

function checksumOf(body: string, secretKey: string): string {
  const digest = createHmac('sha256', secretKey).update(`mark of ${body}`).digest();
  return digest.subarray(0, CHECKSUM_BYTES).toString('base64url');
}
