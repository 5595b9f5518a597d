import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CredentialsRefused } from './access.errors.js';
import { clientNetwork } from './client-network.js';
import { CredentialVerifier } from './credential-verifier.js';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

/** Lets an application in whose `X-API-Key` proves that it is the one `X-App-Key` names. */
@Injectable()
export class ApiKeyGuard {
  constructor(private readonly verifier: CredentialVerifier) {}

  /**
   * With `environment` only a key of that environment is accepted. `likelyEnvironment` decides which one a key
   * stands for that was imported into several.
   *
   * @throws CredentialsRefused or TooManyFailures
   */
  async admit(
    request: FastifyRequest,
    environment: string | undefined,
    likelyEnvironment?: string,
  ): Promise<void> {
    const appKey = headerValue(request, HEADERS.appKey);
    const apiKey = headerValue(request, HEADERS.apiKey);
    if (appKey === undefined || apiKey === undefined) {
      throw new CredentialsRefused({ reason: 'missing-credentials', appKey, environment });
    }
    const network = clientNetwork(request);
    const verification = await this.verifier.verify({
      appKey,
      apiKey,
      environment,
      likelyEnvironment,
      network,
    });
    if (!verification.accepted) {
      const { reason, apiKeyId } = verification;
      throw new CredentialsRefused({ reason, appKey, environment, apiKeyId });
    }
    request.caller = verification.caller;
  }
}
