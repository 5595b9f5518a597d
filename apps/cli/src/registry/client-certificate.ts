import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { WrongUsage } from '../failure.js';

/** Where the certificate is that a registry with TLS_CLIENT_CA_FILE asks operators for. */
export interface CertificateSources {
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
}

/** Both as texts (PEM). */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * The certificate to show to the registry, if there is one.
 *
 * @throws WrongUsage when it cannot be used, or the URL of the registry is not https
 */
export async function clientCertificate(
  { clientCertFile, clientKeyFile }: CertificateSources,
  url: string,
): Promise<ClientCertificate | undefined> {
  if (clientCertFile === undefined && clientKeyFile === undefined) return undefined;
  if (clientCertFile === undefined || clientKeyFile === undefined) {
    throw new WrongUsage('--client-cert-file and --client-key-file need each other');
  }
  if (!/^https:/i.test(url)) throw new WrongUsage('--client-cert-file needs a registry with https');
  const certificate = {
    cert: await textIn(clientCertFile, '--client-cert-file'),
    key: await textIn(clientKeyFile, '--client-key-file'),
  };
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new WrongUsage(
      `--client-cert-file and --client-key-file cannot be used: ${(error as Error).message}`,
    );
  }
  return certificate;
}

async function textIn(file: string, option: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new WrongUsage(
      `${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  });
}
