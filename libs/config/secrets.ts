import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Secrets } from './app-config.js';
import { ConfigError } from './config-error.js';
import { makeDataDirectory } from './data-directory.js';
import type { SettingsReader } from './settings-reader.js';

/**
 * Takes `SECRET_KEY` and `REGISTRY_ADMIN_KEY` from the environment, each of which may be a list. Outside production a missing one is made
 * once and kept in the data directory, readable by its owner only; in production it is an error: replicas
 * must agree on them, and nobody should run on a secret that was never handed out.
 */
export async function loadSecrets(
  settings: SettingsReader,
  { production, dataDir }: { production: boolean; dataDir: string },
): Promise<Secrets> {
  const given = {
    SECRET_KEY: settings.secrets('SECRET_KEY'),
    REGISTRY_ADMIN_KEY: settings.secrets('REGISTRY_ADMIN_KEY'),
  };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (production && missing.length > 0) {
    throw new ConfigError(
      `${missing.join(' and ')} must be set when NODE_ENV=production (for example with: openssl rand -base64 32)`,
    );
  }
  const adminKeyFile = join(dataDir, 'admin-key');
  return {
    secretKeys: given.SECRET_KEY ?? [await keptSecret(join(dataDir, 'secret-key'))],
    adminKeys: given.REGISTRY_ADMIN_KEY ?? [await keptSecret(adminKeyFile)],
    adminKeyFile: given.REGISTRY_ADMIN_KEY === undefined ? adminKeyFile : undefined,
  };
}

async function keptSecret(file: string): Promise<string> {
  const existing = await readSecret(file);
  if (existing !== undefined) return existing;
  await makeDataDirectory(dirname(file));
  // Not named by process id: containers that share the directory may all be process 1.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  // A hard link is made whole or not at all and never replaces: of several processes starting at once, one wins.
  await link(draft, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(draft, { force: true });
  const secret = await readSecret(file);
  if (secret === undefined) throw new ConfigError(`${file} is empty; delete it to have a new secret made`);
  return secret;
}

async function readSecret(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`);
  });
  return text.trim() === '' ? undefined : text.trim();
}
