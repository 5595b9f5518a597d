import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Secrets } from './app-config.js';
import { ConfigError } from './config-error.js';
import { makeDataDirectory } from './data-directory.js';
import { secretWeaknesses } from './secret-strength.js';
import { SECRET, type SettingsReader } from './settings-reader.js';

/** Of a secret made here; those in the data directory are held to it, too. */
const LEAST_CHARACTERS_KEPT = 32;

/**
 * Reads `SECRET_KEY` and `REGISTRY_ADMIN_KEY`, each of which may be a list, from the environment. Outside
 * production a missing one is generated once and stored in the data directory, readable by its owner only. In
 * production a missing or weak one is an error: replicas must agree on them, and operators must know them.
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
  const secrets: Secrets = {
    secretKeys: given.SECRET_KEY ?? [await keptSecret(join(dataDir, 'secret-key'))],
    adminKeys: given.REGISTRY_ADMIN_KEY ?? [await keptSecret(adminKeyFile)],
    adminKeyFile: given.REGISTRY_ADMIN_KEY === undefined ? adminKeyFile : undefined,
  };
  const [weakness] = secretWeaknesses(secrets);
  if (production && weakness !== undefined) {
    throw new ConfigError(
      `${weakness} when NODE_ENV=production (make each for example with: openssl rand -base64 32)`,
    );
  }
  return secrets;
}

async function keptSecret(file: string): Promise<string> {
  const existing = await readSecret(file);
  if (existing !== undefined) return existing;
  await makeDataDirectory(dirname(file));
  // Not named by process id: containers that share the directory may all be process 1.
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    // Before it has its name: a power loss must not leave an empty file there.
    await handle.sync();
  } finally {
    await handle.close();
  }
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
  const secret = text.trim();
  if (secret === '') return undefined;
  if (secret.length < LEAST_CHARACTERS_KEPT || !SECRET.test(secret)) {
    throw new ConfigError(
      `${file} (hidden) must hold ${LEAST_CHARACTERS_KEPT} to 512 visible ASCII characters without spaces and commas; ` +
        'delete it to have a new secret made',
    );
  }
  return secret;
}
