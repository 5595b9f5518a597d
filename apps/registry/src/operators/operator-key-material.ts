import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretList } from '#libs/config/app-config.js';

/** `mcpop_<selector>_<secret>`. */
const KEY_FORMAT = /^mcpop_([0-9a-f]{16})_[\w-]{43}$/;
const NUMBER_BYTES = 4;
const SECRET_BYTES = 32;

/** A new key; its hash is all that is stored of its secret. */
export interface OperatorKeyMaterial {
  readonly key: string;
  readonly selector: string;
  readonly hash: string;
}

/** A key of 256 random bits, for which an HMAC is as good as bcrypt. */
export function newOperatorKey([secretKey]: SecretList): OperatorKeyMaterial {
  const number = randomBytes(NUMBER_BYTES).toString('hex');
  const selector = number + checkDigits(number, secretKey);
  const key = `mcpop_${selector}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { key, selector, hash: hashOf(key, secretKey).toString('hex') };
}

/** The selector of a key that the registry may have made; made-up keys are recognised without the database. */
export function operatorSelector(key: string, secretKeys: SecretList): string | undefined {
  const [, selector] = KEY_FORMAT.exec(key) ?? [];
  if (selector === undefined) return undefined;
  const [number, digits] = [selector.slice(0, 2 * NUMBER_BYTES), selector.slice(2 * NUMBER_BYTES)];
  return secretKeys.some((secretKey) => checkDigits(number, secretKey) === digits) ? selector : undefined;
}

/** Whether the hash is that of the key, under any of the secret keys. Takes the same time wherever they differ. */
export function isHashOf(hash: string, key: string, secretKeys: SecretList): boolean {
  const stored = Buffer.from(hash, 'hex');
  return secretKeys.some((secretKey) => {
    const expected = hashOf(key, secretKey);
    return expected.length === stored.length && timingSafeEqual(expected, stored);
  });
}

function checkDigits(number: string, secretKey: string): string {
  const digest = createHmac('sha256', secretKey).update(`operator key number ${number}`).digest('hex');
  return digest.slice(0, 2 * NUMBER_BYTES);
}

function hashOf(key: string, secretKey: string): Buffer {
  return createHmac('sha256', secretKey).update(`operator key ${key}`).digest();
}
