import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import { CredentialsRefused } from './access.errors.js';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

/** Lets the operator in: `X-Admin-Key` is the configured one, compared in constant time. */
@Injectable()
export class AdminKeyGuard {
  private readonly expected: Buffer;

  constructor(private readonly config: AppConfig) {
    this.expected = this.fingerprint(config.secrets.adminKey);
  }

  /** @throws CredentialsRefused unless the request has the right admin key */
  admit(request: FastifyRequest): void {
    this.refuseWrong(request);
    request.caller = { kind: 'admin' };
  }

  /** As {@link admit}, without making the caller the operator. */
  refuseWrong(request: FastifyRequest): void {
    const key = headerValue(request, HEADERS.adminKey);
    if (key === undefined) throw new CredentialsRefused({ reason: 'missing-credentials' });
    if (!timingSafeEqual(this.fingerprint(key), this.expected))
      throw new CredentialsRefused({ reason: 'wrong-admin-key' });
  }

  /** Of one length whatever the key's, so that even the length does not show. */
  private fingerprint(key: string): Buffer {
    return createHmac('sha256', this.config.secrets.secretKey).update(key).digest();
  }
}
