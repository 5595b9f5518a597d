import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CredentialsRefused } from './access.errors.js';
import { clientNetwork } from './client-network.js';
import { type ApplicationCredentials, CredentialVerifier } from './credential-verifier.js';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

/** Nothing when the caller is let in at once; otherwise resolves when it is, and rejects when it is refused. */
export type Admission = Promise<void> | undefined;

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
  admit(request: FastifyRequest, environment: string | undefined, likelyEnvironment?: string): Admission {
    const appKey = headerValue(request, HEADERS.appKey);
    const apiKey = headerValue(request, HEADERS.apiKey);
    if (appKey === undefined || apiKey === undefined) {
      throw new CredentialsRefused({ reason: 'missing-credentials', appKey, environment });
    }
    const credentials = { appKey, apiKey, environment, likelyEnvironment };
    const known = this.verifier.known(credentials);
    if (known === undefined) return this.verify(request, credentials);
    request.caller = known;
    return undefined;
  }

  private async verify(request: FastifyRequest, credentials: ApplicationCredentials): Promise<void> {
    const verification = await this.verifier.verify({ ...credentials, network: clientNetwork(request) });
    if (!verification.accepted) {
      const { appKey, environment } = credentials;
      const { reason, apiKeyId } = verification;
      throw new CredentialsRefused({ reason, appKey, environment, apiKeyId });
    }
    request.caller = verification.caller;
  }
}
