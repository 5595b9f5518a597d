import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadRequestException, HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpConfig } from '#libs/config/app-config.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { hostMatcher, hostNameOf } from './host-name.js';
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
 * Refuses a request by its head: a URL that is too long (414), too many headers (431), no `Host`, several or one that
 * names no host (400, RFC 9112, section 3.2), an expectation that is not met (417), a host that is none of
 * `ALLOWED_HOSTS` (400). Probes are answered under any host: Kubernetes asks for the address of the pod.
 */
export function refuseHeads(fastify: FastifyInstance, { allowedHosts, basePath }: HttpConfig): void {
  // Node drops headers beyond its own bound silently: one more than allowed shows that there were too many.
  fastify.server.maxHeadersCount = MAX_HEADERS + 1;
  // Node's own 417 has no body and passes no hook.
  fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    fastify.server.emit('request', request, response);
  });
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
  return hostFault(raw) ?? expectationFault(raw);
}

function hostFault({ rawHeaders, url = '', httpVersion }: IncomingMessage): HttpException | undefined {
  let hosts = 0;
  let host: string | undefined;
  for (let name = 0; name < rawHeaders.length; name += 2) {
    if (rawHeaders[name]?.length !== 4 || rawHeaders[name]?.toLowerCase() !== 'host') continue;
    hosts += 1;
    host = rawHeaders[name + 1];
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    return new BadRequestException('HTTP/1.1 wants exactly one Host header (RFC 9112, section 3.2).');
  }
  if (host !== undefined && hostNameOf(host) === undefined) {
    return new BadRequestException(
      'The Host header must be a host, optionally with a port (RFC 9110, section 7.2).',
    );
  }
  const authority = authorityOf(url);
  return authority === undefined || hostNameOf(authority)
    ? undefined
    : new BadRequestException('The URL must name a host, optionally with a port, and no user.');
}

/** Node has answered `100-continue` by now. */
function expectationFault({ headers: { expect } }: IncomingMessage): HttpException | undefined {
  return expect === undefined || /^100-continue$/i.test(expect)
    ? undefined
    : new HttpException('The only expectation that is met is 100-continue.', HttpStatus.EXPECTATION_FAILED);
}

/** The part of a URL in absolute form that names the host; `undefined` when the target is a path. */
function authorityOf(url: string): string | undefined {
  return url.startsWith('/') ? undefined : /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
}

/** The host a client asked for, with its port: `X-Forwarded-Host` where `TRUST_PROXY` lets its sender say so. */
function hostOf(request: FastifyRequest): string {
  // A URL that names a host outdoes the header (RFC 9112, section 3.2.2).
  return authorityOf(request.raw.url ?? '') ?? request.host;
}
