const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ETIMEDOUT: 'timeout while connecting',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  HPE_HEADER_OVERFLOW: 'response headers too large',
};

export const CLOSED_EARLY = 'connection closed before the response was complete';

/** What this machine, not the other side, has run out of. */
const OWN_LIMITS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Why an exchange broke off, in a few plain words. */
export function failureReason(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  // Of a system call it is a reset; without one, Node says so of a connection that the other side closed.
  if (code === 'ECONNRESET' && !hasSystemCall(error)) return CLOSED_EARLY;
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'not a valid HTTP response';
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

/**
 * Whether a kept connection was of no more use: the server closed it just when it was used again, or it still held
 * something of the response before.
 */
export function isStale(error: unknown): boolean {
  return /^(ECONNRESET|EPIPE|HPE_.+)$/.test(codeOf(error) ?? '');
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

function hasSystemCall(error: unknown): boolean {
  return (error as { syscall?: unknown } | null)?.syscall !== undefined;
}
