import { Command, Option } from 'commander';
import { httpUrl } from '#libs/validation/http-url.js';
import { WrongUsage } from './failure.js';
import type { CertificateSources } from './registry/client-certificate.js';
import type { KeySources } from './registry/credentials.js';

/** Options of every command that calls a registry. */
export interface GlobalOptions extends KeySources, CertificateSources {
  readonly url: string;
  readonly json: boolean;
}

export function addGlobalOptions(root: Command): void {
  root
    .addOption(
      new Option('--url <url>', 'the registry, its base path included')
        .env('MCP_REGISTRY_URL')
        .default('http://localhost:8000')
        .argParser(registryUrl),
    )
    .addOption(
      new Option(
        '--admin-key-file <file>',
        'file that holds the admin key; otherwise MCP_REGISTRY_ADMIN_KEY',
      ).env('MCP_REGISTRY_ADMIN_KEY_FILE'),
    )
    .addOption(
      new Option('--app-key <appKey>', 'the application to act as, where a command does').env(
        'MCP_REGISTRY_APP_KEY',
      ),
    )
    .addOption(
      new Option('--api-key-file <file>', 'file that holds its API key; otherwise MCP_REGISTRY_API_KEY').env(
        'MCP_REGISTRY_API_KEY_FILE',
      ),
    )
    .addOption(
      new Option(
        '--client-cert-file <file>',
        'client certificate (PEM) of an operator, where the registry asks for one',
      ).env('MCP_REGISTRY_CLIENT_CERT_FILE'),
    )
    .addOption(
      new Option('--client-key-file <file>', 'its key (PEM, without a passphrase)').env(
        'MCP_REGISTRY_CLIENT_KEY_FILE',
      ),
    )
    .option('--json', 'write JSON instead of tables');
}

/** Global options given before or after the command name. */
export function globalOptions(command: Command): GlobalOptions {
  const { json, adminKeyFile, appKey, apiKeyFile, clientCertFile, clientKeyFile, ...options } =
    command.optsWithGlobals<Omit<GlobalOptions, 'json'> & { json?: boolean }>();
  return {
    ...options,
    json: json === true,
    adminKeyFile: unlessEmpty(adminKeyFile),
    appKey: unlessEmpty(appKey),
    apiKeyFile: unlessEmpty(apiKeyFile),
    clientCertFile: unlessEmpty(clientCertFile),
    clientKeyFile: unlessEmpty(clientKeyFile),
  };
}

/** An empty variable counts as unset, as everywhere. */
function unlessEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function registryUrl(text: string): string {
  // The value is not shown: it may contain a password.
  if (text.includes('@')) throw new WrongUsage('--url (hidden) must not carry user information');
  if (/[?#]/.test(text) || httpUrl(text) === undefined) {
    throw new WrongUsage(`--url: "${text}" is not an http(s) URL such as https://registry.example.com`);
  }
  return text.replace(/\/+$/, '');
}
