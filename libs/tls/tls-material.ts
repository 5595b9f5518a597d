import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config/config-error.js';
import { readSecretFile } from '../config/secret-file.js';
import { certificatesIn, holderOf, isRoot, untimeliness } from './certificate.js';
import type { TlsFiles } from './tls-files.js';

/** What the files of a {@link TlsFiles} hold. */
export interface TlsTexts {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
}

/** Texts that OpenSSL takes and that fit together, and the certificates in them. */
export interface TlsMaterial {
  readonly texts: TlsTexts;
  /** The certificate of the service first. At least one. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /** Empty where operators need no certificate. */
  readonly clientAuthorities: readonly X509Certificate[];
}

/** @throws ConfigError when a file cannot be read, is empty, or is larger than 64 KiB */
export function readTlsTexts({ certFile, keyFile, clientCaFile }: TlsFiles): TlsTexts {
  return {
    cert: readSecretFile('TLS_CERT_FILE', certFile),
    key: readSecretFile('TLS_KEY_FILE', keyFile),
    ca: clientCaFile === undefined ? undefined : readSecretFile('TLS_CLIENT_CA_FILE', clientCaFile),
  };
}

/**
 * Checks what was read. A certificate that has expired is taken: see {@link weaknessesOf}.
 *
 * @throws ConfigError
 */
export function tlsMaterial(texts: TlsTexts, files: TlsFiles): TlsMaterial {
  const chain = certificates(texts.cert, 'TLS_CERT_FILE', files.certFile);
  const key = privateKey(texts.key, files.keyFile);
  if (!chain[0].checkPrivateKey(key)) {
    throw fault(
      'TLS_KEY_FILE',
      files.keyFile,
      `is not the key of the certificate in ${JSON.stringify(files.certFile)}`,
    );
  }
  const clientAuthorities = authorities(texts.ca, files.clientCaFile);
  try {
    createSecureContext(texts);
  } catch (error) {
    // A key that is too short for OpenSSL, for example.
    throw fault('TLS_CERT_FILE', files.certFile, `cannot be used: ${(error as Error).message}`);
  }
  return { texts, chain, clientAuthorities };
}

/** What operators should know of material that is used nevertheless, each a sentence. */
export function weaknessesOf({ chain, clientAuthorities }: TlsMaterial, now: Date): string[] {
  return [
    ...chain.flatMap((each) => timeFault('TLS_CERT_FILE', each, now)),
    ...clientAuthorities.flatMap((each) => timeFault('TLS_CLIENT_CA_FILE', each, now)),
  ];
}

function timeFault(setting: string, certificate: X509Certificate, now: Date): string[] {
  const reason = untimeliness(certificate, now);
  return reason === undefined
    ? []
    : [`A certificate in ${setting} ${reason}: that of ${holderOf(certificate)}`];
}

function certificates(
  pem: string,
  setting: string,
  file: string,
): readonly [X509Certificate, ...X509Certificate[]] {
  let found: X509Certificate[];
  try {
    found = certificatesIn(pem);
  } catch {
    throw fault(setting, file, 'holds a certificate that cannot be read');
  }
  const [first, ...others] = found;
  if (first === undefined) throw fault(setting, file, 'holds no certificate (PEM)');
  return [first, ...others];
}

function privateKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw fault('TLS_KEY_FILE', file, 'holds no private key (PEM, without a passphrase)');
  }
}

function authorities(pem: string | undefined, file = ''): readonly X509Certificate[] {
  if (pem === undefined) return [];
  const found = certificates(pem, 'TLS_CLIENT_CA_FILE', file);
  const other = found.find(({ ca }) => !ca);
  if (other !== undefined) {
    throw fault(
      'TLS_CLIENT_CA_FILE',
      file,
      `holds a certificate that is none of an authority: ${holderOf(other)}`,
    );
  }
  // OpenSSL trusts no chain that ends below its root.
  if (!found.some(isRoot)) {
    throw fault('TLS_CLIENT_CA_FILE', file, 'holds no root certificate: add those up to the root');
  }
  return found;
}

function fault(setting: string, file: string, reason: string): ConfigError {
  return new ConfigError(`${setting} is ${JSON.stringify(file)}, which ${reason}`);
}
