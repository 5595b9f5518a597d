import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';

/** The URL cannot be used. The message is the rest of a sentence that begins with the setting's name; no secret in it. */
export class ConnectionUrlError extends Error {
  override readonly name = 'ConnectionUrlError';
}

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** What other drivers write in `ssl`. */
const SSL_WORDS: Readonly<Record<string, SslMode>> = {
  true: 'verify-full',
  '1': 'verify-full',
  false: 'disable',
  '0': 'disable',
};

/** Parameters of libpq that are not supported here, with the values that change nothing. */
const UNSUPPORTED_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  channel_binding: ['disable', 'prefer'],
  gssencmode: ['disable', 'prefer'],
  hostaddr: [],
  passfile: [],
  require_auth: [],
  service: [],
  sslcrl: [],
  sslcrldir: [],
  target_session_attrs: ['any'],
};

const CONNECT_TIMEOUT_SECONDS = 5;

/** What pg connects with. */
export interface DatabaseConnectionOptions extends ClientConfig {
  readonly connectionTimeoutMillis: number;
  /** sslmode=prefer: a server without TLS will do. */
  readonly tlsOptional: boolean;
}

/**
 * Reads a PostgreSQL connection URL with the parameters of libpq, as libpq does: pg itself takes `prefer`, `require`
 * and `verify-ca` for `verify-full`, any other word too, and says on the console that it will not for long. Certificate
 * files are read now.
 *
 * @throws ConnectionUrlError on what cannot be used, and on what asks for a protection that would not be given
 */
export function parseConnectionUrl(text: string): DatabaseConnectionOptions {
  const url = new URL(text);
  const given = new Map([...url.searchParams].filter(([, value]) => value !== ''));
  for (const [name, harmless] of Object.entries(UNSUPPORTED_PARAMETERS)) {
    const value = given.get(name);
    if (value !== undefined && !harmless.includes(value)) {
      throw new ConnectionUrlError(`has ${name}=${value}, which is not supported`);
    }
  }
  const host = given.get('host') ?? decoded(url.hostname.replace(/^\[(.+)\]$/, '$1'));
  if (host.includes(','))
    throw new ConnectionUrlError(`names several hosts (${host}), which is not supported`);
  const mode = sslMode(given);
  const port = whole(given, 'port', 1, 65_535) ?? (url.port === '' ? undefined : Number(url.port));
  const connectTimeout = whole(given, 'connect_timeout', 1, 600) ?? CONNECT_TIMEOUT_SECONDS;
  return {
    host: orUnset(host),
    port,
    user: given.get('user') ?? orUnset(decoded(url.username)),
    password: given.get('password') ?? orUnset(decoded(url.password)),
    database: given.get('dbname') ?? orUnset(decoded(url.pathname.slice(1))),
    ssl: mode === undefined ? undefined : tls(mode, given),
    sslnegotiation: sslNegotiation(given, mode),
    tlsOptional: mode === 'prefer',
    options: given.get('options'),
    application_name: given.get('application_name'),
    fallback_application_name: given.get('fallback_application_name'),
    connectionTimeoutMillis: connectTimeout * 1000,
  };
}

/** The same URL, to be connected to without TLS. */
export function withoutTls(text: string): string {
  const url = new URL(text);
  url.searchParams.set('sslmode', 'disable');
  for (const name of ['ssl', 'sslrootcert', 'sslcert', 'sslkey']) url.searchParams.delete(name);
  return url.href;
}

function sslMode(given: ReadonlyMap<string, string>): SslMode | undefined {
  const [name, value] = given.has('sslmode')
    ? ['sslmode', given.get('sslmode') ?? '']
    : ['ssl', given.get('ssl') ?? ''];
  if (value === '') return undefined;
  const mode = SSL_MODES.find((known) => known === value) ?? (name === 'ssl' ? SSL_WORDS[value] : undefined);
  if (mode === undefined) {
    throw new ConnectionUrlError(`has ${name}=${value}; allowed is one of ${SSL_MODES.join(', ')}`);
  }
  return mode;
}

function tls(mode: SslMode, given: ReadonlyMap<string, string>): false | ConnectionOptions {
  if (mode === 'disable') return false;
  const rootCertificate = given.get('sslrootcert');
  // `system` is libpq's name for public certificate authorities, which verify a host name and nothing weaker.
  const system = rootCertificate === 'system';
  if (system && mode !== 'verify-full') {
    throw new ConnectionUrlError(`has sslrootcert=system, which needs sslmode=verify-full`);
  }
  if (mode === 'verify-ca' && rootCertificate === undefined) {
    throw new ConnectionUrlError('has sslmode=verify-ca, which needs sslrootcert');
  }
  if (given.has('sslcert') !== given.has('sslkey')) {
    throw new ConnectionUrlError('has one of sslcert and sslkey; a client certificate needs both');
  }
  const chainCounts = mode.startsWith('verify-') || (mode === 'require' && rootCertificate !== undefined);
  return {
    rejectUnauthorized: chainCounts,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(rootCertificate !== undefined && !system && { ca: file(given, 'sslrootcert') }),
    ...(given.has('sslcert') && { cert: file(given, 'sslcert'), key: file(given, 'sslkey') }),
    ...(given.has('sslpassword') && { passphrase: given.get('sslpassword') }),
  };
}

function sslNegotiation(
  given: ReadonlyMap<string, string>,
  mode: SslMode | undefined,
): 'postgres' | 'direct' | undefined {
  const value = given.get('sslnegotiation');
  if (value === undefined || value === 'postgres') return value;
  if (value !== 'direct') {
    throw new ConnectionUrlError(`has sslnegotiation=${value}; allowed is one of postgres, direct`);
  }
  if (mode === undefined || mode === 'disable' || mode === 'prefer') {
    throw new ConnectionUrlError('has sslnegotiation=direct, which needs sslmode=require or stricter');
  }
  return value;
}

function file(given: ReadonlyMap<string, string>, name: string): string {
  const path = given.get(name) ?? '';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConnectionUrlError(
      `has ${name}=${path}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no reason given'})`,
    );
  }
}

function whole(
  given: ReadonlyMap<string, string>,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const value = given.get(name);
  if (value === undefined) return undefined;
  const number = /^\d{1,6}$/.test(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  throw new ConnectionUrlError(`has ${name}=${value}; allowed is a whole number from ${min} to ${max}`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConnectionUrlError('has a % that is not followed by two hexadecimal digits (write %25)');
  }
}

/** pg takes what is left out from PGHOST, PGUSER and so on. */
function orUnset(part: string): string | undefined {
  return part === '' ? undefined : part;
}
