import { createHmac, randomBytes } from 'node:crypto';
import type { SecretList } from '#libs/config/app-config.js';

const SECRET_BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** A token of a session or a sign-in code: 256 random bits, opaque. */
export function newSessionSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Its hash under every secret key, the current one first; none for text that is no such secret. */
export function hashesOf(secret: string, secretKeys: SecretList): string[] {
  if (!SECRET.test(secret)) return [];
  return secretKeys.map((key) => createHmac('sha256', key).update(`session ${secret}`).digest('hex'));
}
