import type { Secrets } from './app-config.js';

const LEAST_CHARACTERS = 32;
/** 32 random hexadecimal digits have fewer distinct ones once in some 25 million cases. */
const LEAST_DISTINCT = 8;
const PLACEHOLDER = /change.?me|placeholder|replace|to.?be.?set|example|your.?(secret|admin|key)/i;

/**
 * The reasons against the given secrets, each a sentence without any secret; empty when they are fit for production.
 * Each secret of a list counts, those on their way out as well.
 */
export function secretWeaknesses({
  secretKeys,
  adminKeys,
}: Pick<Secrets, 'secretKeys' | 'adminKeys'>): string[] {
  const shared = secretKeys.some((secret) => adminKeys.includes(secret));
  return [
    ...weaknessesIn('SECRET_KEY', secretKeys),
    ...weaknessesIn('REGISTRY_ADMIN_KEY', adminKeys),
    ...(shared ? ['SECRET_KEY and REGISTRY_ADMIN_KEY (hidden) must not share a secret'] : []),
  ];
}

function weaknessesIn(name: string, secrets: readonly string[]): string[] {
  return secrets.flatMap((secret, index) => {
    const which = secrets.length === 1 ? `${name} (hidden)` : `Number ${index + 1} in ${name} (hidden)`;
    if (secret.length < LEAST_CHARACTERS) {
      return [`${which} must have at least ${LEAST_CHARACTERS} characters`];
    }
    if (PLACEHOLDER.test(secret)) return [`${which} must not be a placeholder`];
    if (new Set(secret).size < LEAST_DISTINCT) {
      return [`${which} must have at least ${LEAST_DISTINCT} different characters`];
    }
    return [];
  });
}
