import type { FastifyRequest } from 'fastify';
import type { ConsoleConfig } from '../config/app-config.js';
import { DomainError } from '../problem-details/domain-error.js';

/** 403: a cookie that anyone on the way can read is no session. */
export class HttpsRequired extends DomainError {
  constructor() {
    super({
      code: 'https-required',
      status: 403,
      title: 'HTTPS required',
      detail:
        'Sessions need HTTPS. Behind a proxy that ends TLS, set TRUST_PROXY so that the registry knows; CONSOLE_ALLOW_HTTP=true allows plain HTTP.',
    });
  }
}

/** Names of the machine that the browser itself runs on: what is sent there crosses no network. */
const LOOPBACK = /^(localhost|[^/]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Whether sessions may be begun by way of this request: over HTTPS, to the browser's own machine, or where plain HTTP is allowed. */
export function mayHaveSession(
  { protocol, hostname }: FastifyRequest,
  { allowHttp }: Pick<ConsoleConfig, 'allowHttp'>,
): boolean {
  return protocol === 'https' || allowHttp || LOOPBACK.test(hostname);
}
