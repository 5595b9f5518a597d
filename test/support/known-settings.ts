import { loadConfig } from '#libs/config/load-config.js';
import { GIVEN_SECRETS } from './secrets.js';

/** The names of all settings the service reads: what it asks an environment for that writes down every question. */
export async function knownSettings(): Promise<Set<string>> {
  const asked = new Set<string>();
  const environment = new Proxy<Record<string, string>>(GIVEN_SECRETS, {
    get: (given, name) => {
      asked.add(String(name));
      return Reflect.get(given, name) as unknown;
    },
  });
  await loadConfig(environment);
  return asked;
}
