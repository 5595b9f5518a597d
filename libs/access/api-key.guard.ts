import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientNetwork } from '../http/client-network.js';
import { headerValue } from '../http/header-value.js';
import { CredentialsRefused, OtherEnvironment } from './access.errors.js';
import { type ApplicationCredentials, CredentialVerifier } from './credential-verifier.js';
import { HEADERS } from './security-schemes.js';

/**
 * Undefined when the caller is admitted from the cache; otherwise a promise that rejects when it is refused.
 */
export type PendingAdmission = Promise<void> | undefined;

/** Admits an application whose `X-API-Key` is a valid key of the application in `X-App-Key`. */
@Injectable()
export class ApiKeyGuard {
  constructor(private readonly verifier: CredentialVerifier) {}

  /**
   * With `environment`, only a key of that environment is accepted. `likelyEnvironment` selects among the
   * environments that a key was imported into.
   *
   * @throws CredentialsRefused, TooManyFailures, or OtherEnvironment for a proven key of another environment
   */
  admit(
    request: FastifyRequest,
    environment: string | undefined,
    likelyEnvironment?: string,
  ): PendingAdmission {
    const appKey = headerValue(request, HEADERS.appKey);
    const apiKey = headerValue(request, HEADERS.apiKey);
    if (appKey === undefined || apiKey === undefined) {
      throw new CredentialsRefused({ reason: 'missing-credentials', appKey, environment });
    }
    const credentials = { appKey, apiKey, environment, likelyEnvironment };
    const known = this.verifier.cachedCaller(credentials);
    if (known === undefined) return this.verify(request, credentials);
    request.caller = known;
    return undefined;
  }

  private async verify(request: FastifyRequest, credentials: ApplicationCredentials): Promise<void> {
    const verification = await this.verifier.verify({ ...credentials, network: clientNetwork(request) });
    if (!verification.accepted) {
      const { appKey, environment } = credentials;
      const { reason, apiKeyId, keyEnvironment } = verification;
      const claim = { appKey, environment, apiKeyId };
      throw keyEnvironment === undefined
        ? new CredentialsRefused({ reason, ...claim })
        : new OtherEnvironment(keyEnvironment, claim);
    }
    request.caller = verification.caller;
  }
}
