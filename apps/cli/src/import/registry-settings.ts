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

const withoutDatabase = (
  dataDir: string,
): string => `DATABASE_URL is not set: the command works on the registry's database, as the service has it.
With the embedded database, leave the service running and say, in its directory:
  export DATABASE_URL="postgres://mcp_registry:$(cat ${dataDir}/postgres-password)@127.0.0.1:$(sed -n 4p ${dataDir}/postgres/postmaster.pid)/mcp_registry"
  export SECRET_KEY="$(cat ${dataDir}/secret-key)"`;

const WITHOUT_SECRET_KEY =
  'SECRET_KEY is not set: give the command that of the service, which signs the entries of the audit trail';

/** The settings of the service that a command on its database needs. */
export interface RegistrySettings {
  readonly config: AppConfig;
  readonly databaseUrl: string;
}

/**
 * Reads the settings as the service does, from the environment and from `.env`.
 *
 * @throws WrongUsage when they name no database or no secret key, or are invalid
 */
export async function registrySettings(): Promise<RegistrySettings> {
  readEnvFile();
  const anySecret = (): string => randomBytes(32).toString('base64url');
  try {
    const config = await loadConfig({
      ...process.env,
      ...WITHOUT_TLS,
      // Do not generate secrets in files here.
      ...(!isGiven('SECRET_KEY') && { SECRET_KEY: anySecret() }),
      ...(!isGiven('REGISTRY_ADMIN_KEY') && { REGISTRY_ADMIN_KEY: anySecret() }),
    });
    const { url } = config.database;
    if (url === undefined) throw new WrongUsage(withoutDatabase(given('DATA_DIR') ?? '.data').split('\n'));
    if (!isGiven('SECRET_KEY')) throw new WrongUsage(WITHOUT_SECRET_KEY);
    return {
      config: { ...config, database: { ...config.database, maxConnections: CONNECTIONS } },
      databaseUrl: url,
    };
  } catch (error) {
    throw error instanceof ConfigError ? new WrongUsage(`Configuration: ${error.message}`) : error;
  }
}

function isGiven(secret: string): boolean {
  return given(secret) !== undefined || given(`${secret}_FILE`) !== undefined;
}

function given(variable: string): string | undefined {
  const value = process.env[variable]?.trim();
  return value === '' ? undefined : value;
}
