import { randomBytes } from 'node:crypto';
import type { AppConfig } from '#libs/config/app-config.js';
import { ConfigError } from '#libs/config/config-error.js';
import { readEnvFile } from '#libs/config/env-file.js';
import { loadConfig } from '#libs/config/load-config.js';
import { WrongUsage } from '../failure.js';

/** Connections: one that listens, one for the transaction, one for queries outside of it, one spare. */
const CONNECTIONS = 4;

/** An import listens to no one, and may be run where the files of the service are not. */
const WITHOUT_TLS = { TLS_CERT_FILE: undefined, TLS_KEY_FILE: undefined, TLS_CLIENT_CA_FILE: undefined };

/** What a command does with the database, as its message says it. */
type DatabaseUse = 'an import writes into' | 'audit verify reads';

const withoutDatabase = (
  use: DatabaseUse,
  dataDir: string,
): string => `DATABASE_URL is not set: ${use} the registry's database, as the service has it.
With the embedded database, leave the service running and say, in its directory:
  export DATABASE_URL="postgres://mcp_registry:$(cat ${dataDir}/postgres-password)@127.0.0.1:$(sed -n 4p ${dataDir}/postgres/postmaster.pid)/mcp_registry"
  export SECRET_KEY="$(cat ${dataDir}/secret-key)"`;

/** What the key is needed for, as its message says it. */
const PURPOSE: Readonly<Record<DatabaseUse, string>> = {
  'an import writes into':
    'what an import writes into the audit trail, and the keys it issues, are signed with it',
  'audit verify reads': 'what the registry wrote is signed with it',
};

/** The settings of the service that work on its database needs. */
export interface RegistrySettings {
  readonly config: AppConfig;
  readonly databaseUrl: string;
}

/**
 * Reads the settings as the service does, from the environment and from `.env`.
 *
 * @throws WrongUsage when they name no database or no SECRET_KEY, or are invalid
 */
export async function registrySettings(use: DatabaseUse): Promise<RegistrySettings> {
  readEnvFile();
  try {
    const config = await loadConfig({
      ...process.env,
      ...WITHOUT_TLS,
      // No secret is generated into files here; without SECRET_KEY nothing is done with this one.
      ...(!isGiven('SECRET_KEY') && { SECRET_KEY: anySecret() }),
      ...(!isGiven('REGISTRY_ADMIN_KEY') && { REGISTRY_ADMIN_KEY: anySecret() }),
    });
    const { url } = config.database;
    if (url === undefined)
      throw new WrongUsage(withoutDatabase(use, given('DATA_DIR') ?? '.data').split('\n'));
    if (!isGiven('SECRET_KEY')) {
      throw new WrongUsage(`SECRET_KEY is not set, the one that the service has: ${PURPOSE[use]}`);
    }
    return {
      config: { ...config, database: { ...config.database, maxConnections: CONNECTIONS } },
      databaseUrl: url,
    };
  } catch (error) {
    throw error instanceof ConfigError ? new WrongUsage(`Configuration: ${error.message}`) : error;
  }
}

function anySecret(): string {
  return randomBytes(32).toString('base64url');
}

function isGiven(secret: string): boolean {
  return given(secret) !== undefined || given(`${secret}_FILE`) !== undefined;
}

function given(variable: string): string | undefined {
  const value = process.env[variable]?.trim();
  return value === '' ? undefined : value;
}
