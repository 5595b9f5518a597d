import { BadRequestException, HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpConfig } from '#libs/config/app-config.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { isProbe } from './probe-paths.js';

/** URL and headers together; beyond that Node gives up reading. */
export const MAX_HEAD_BYTES = 16_384;
/** RFC 9110 (section 4.1) wants 8000 at least. */
const MAX_URL_LENGTH = 8192;
const MAX_HEADERS = 100;
/** RFC 6585, section 5. */
const HEADERS_TOO_LARGE = 431;

/** 400: the service does not answer under the host that was asked for. */
class HostNotAllowed extends DomainError {
  constructor() {
    super({
      code: 'host-not-allowed',
      status: HttpStatus.BAD_REQUEST,
      title: 'Host not allowed',
      detail: 'The registry does not answer under this host (ALLOWED_HOSTS).',
    });
  }
}

/**
 * Refuses what is wrong with the head of a request before anything else is done for it: too long a URL (414), too
 * many headers (431), no `Host` or several (400, RFC 9112, section 3.2), a host that is none of `ALLOWED_HOSTS` (400).
 * Probes are answered under any host: Kubernetes asks for the address of the pod.
 */
export function refuseHeads(fastify: FastifyInstance, { allowedHosts, basePath }: HttpConfig): void {
  // Node drops what exceeds its own bound without a word: one more than allowed shows that there were too many.
  fastify.server.maxHeadersCount = MAX_HEADERS + 1;
  const isAllowed = allowedHosts && hostMatcher(allowedHosts);
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(
      faultOf(request) ??
        (isAllowed === undefined || isAllowed(hostOf(request)) || isProbe(request.routeOptions.url, basePath)
          ? undefined
          : new HostNotAllowed()),
    );
  });
}

function faultOf({ raw }: FastifyRequest): HttpException | undefined {
  const { rawHeaders, url = '' } = raw;
  if (url.length > MAX_URL_LENGTH) {
    return new HttpException(`The URL is longer than ${MAX_URL_LENGTH} characters.`, HttpStatus.URI_TOO_LONG);
  }
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    return new HttpException(`There are more than ${MAX_HEADERS} headers.`, HEADERS_TOO_LARGE);
  }
  let hosts = 0;
  for (let name = 0; name < rawHeaders.length; name += 2) {
    if (rawHeaders[name]?.length === 4 && rawHeaders[name]?.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1 || (hosts === 0 && raw.httpVersion === '1.1')
    ? new BadRequestException('HTTP/1.1 wants exactly one Host header (RFC 9112, section 3.2).')
    : undefined;
}

/** The host a client asked for, with its port: `X-Forwarded-Host` where `TRUST_PROXY` lets its sender say so. */
function hostOf(request: FastifyRequest): string {
  // A URL that names a host outdoes the header (RFC 9112, section 3.2.2).
  return /^https?:\/\/([^/?#]*)/i.exec(request.raw.url ?? '')?.[1] ?? request.host;
}

/** Tells whether a host, with or without a port, is one of these. */
function hostMatcher(allowed: readonly string[]): (host: string) => boolean {
  const names = new Set(allowed.filter((each) => !each.startsWith('*.')));
  const suffixes = allowed.filter((each) => each.startsWith('*.')).map((each) => each.slice(1));
  return (host) => {
    const name = host
      .toLowerCase()
      .replace(/:\d*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.$/, '');
    return names.has(name) || suffixes.some((suffix) => name.endsWith(suffix) && name !== suffix);
  };
}
