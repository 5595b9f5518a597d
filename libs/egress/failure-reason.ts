const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed before the response was complete',
  UND_ERR_CONNECT_TIMEOUT: 'timeout while connecting',
  ETIMEDOUT: 'timeout while connecting',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  UND_ERR_HEADERS_OVERFLOW: 'response headers too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'response body of another length than announced',
};

/** What this machine, not the other side, has run out of. */
const OWN_LIMITS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Why an exchange broke off, in a few plain words. */
export function failureReason(error: unknown): string {
  const code = codeOf(error);
  if (code?.startsWith('HPE_') || nameOf(error) === 'HTTPParserError') return 'not a valid HTTP response';
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (
    /^(ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_|PATH_LENGTH|EPROTO)/.test(
      code,
    )
  ) {
    return `TLS failed (${code})`;
  }
  return `exchange failed (${code})`;
}

export function failureOfLookup(hostname: string, error: unknown): string {
  return `${hostname} does not resolve (${codeOf(error) ?? failureReason(error)})`;
}

/** Whether the connection broke, as an idle one does that the server closes just when it is used again. */
export function isBrokenConnection(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error) ?? '');
}

/** Set when nothing can be told about the other side, because this machine has no means left to ask it. */
export function ownLimit(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && OWN_LIMITS.has(code)
    ? `the registry has no connections left (${code})`
    : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function nameOf(error: unknown): unknown {
  return (error as { name?: unknown } | null)?.name;
}
