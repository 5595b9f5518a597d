import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { headerValue } from '../http/header-value.js';
import { CredentialsRefused } from './access.errors.js';
import { HEADERS } from './security-schemes.js';

/** Asks that the caller says which application it is (`X-App-Key`); {@link ApiKeyGuard} has it proved. */
@Injectable()
export class AppKeyGuard {
  /** @throws CredentialsRefused when it does not say so */
  refuseMissing(request: FastifyRequest): void {
    if (headerValue(request, HEADERS.appKey) === undefined)
      throw new CredentialsRefused({ reason: 'missing-credentials' });
  }
}
