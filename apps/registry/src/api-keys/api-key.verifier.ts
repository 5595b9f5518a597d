import { Injectable } from '@nestjs/common';
import type { RefusalReason } from '#libs/access/access.errors.js';
import {
  type ApplicationCredentials,
  CredentialVerifier,
  type Verification,
} from '#libs/access/credential-verifier.js';
import { ApiKeysRepository, type KeyStanding } from './api-keys.repository.js';
import { matchesHash, selectorOf } from './key-material.js';
import { KeyUse } from './key-use.js';

/**
 * Decides whether an application's credentials are good: one row by the key's selector and one comparison.
 * Only keys that were imported as bare hashes are compared one after the other, within their environment.
 */
@Injectable()
export class ApiKeyVerifier extends CredentialVerifier {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly use: KeyUse,
  ) {
    super();
  }

  async verify(credentials: ApplicationCredentials): Promise<Verification> {
    const selector = selectorOf(credentials.apiKey);
    const candidates =
      selector === undefined ? await this.withoutSelector(credentials) : await this.bySelector(selector);
    const { match, reason } = await bestMatch(credentials, candidates);
    if (match === undefined) {
      const [recognised] = selector === undefined ? [] : candidates;
      return recognised === undefined
        ? { accepted: false, reason: 'unknown-api-key' }
        : { accepted: false, reason: 'wrong-api-key', apiKeyId: recognised.apiKeyId };
    }
    if (reason !== undefined) return { accepted: false, reason, apiKeyId: match.apiKeyId };
    this.use.record(match.apiKeyId);
    const { applicationId, appKey, environmentId, environment, apiKeyId } = match;
    return {
      accepted: true,
      caller: { kind: 'application', applicationId, appKey, environmentId, environment, apiKeyId },
    };
  }

  private async withoutSelector({
    appKey,
    environment,
    likelyEnvironment,
  }: ApplicationCredentials): Promise<KeyStanding[]> {
    const standings = await this.apiKeys.standingsWithoutSelector(appKey, environment);
    const isLikely = (standing: KeyStanding): boolean => standing.environment === likelyEnvironment;
    return [...standings.filter(isLikely), ...standings.filter((standing) => !isLikely(standing))];
  }

  private async bySelector(selector: string): Promise<KeyStanding[]> {
    const standing = await this.apiKeys.standingBySelector(selector);
    return standing === undefined ? [] : [standing];
  }
}

interface Match {
  readonly match?: KeyStanding;
  /** Why the match is refused; absent when it is accepted. */
  readonly reason?: RefusalReason;
}

/** The first candidate that is accepted, otherwise the first that matches: one text may have been imported twice. */
async function bestMatch(
  credentials: ApplicationCredentials,
  candidates: readonly KeyStanding[],
): Promise<Match> {
  let refused: Match = {};
  for (const match of candidates) {
    if (!(await matchesHash(credentials.apiKey, match.hashedKey))) continue;
    const reason = refusal(match, credentials);
    if (reason === undefined) return { match };
    if (refused.match === undefined) refused = { match, reason };
  }
  return refused;
}

/** Asked only after the comparison, so that the time of an answer does not tell a revoked key from a wrong one. */
function refusal(
  standing: KeyStanding,
  { appKey, environment }: ApplicationCredentials,
): RefusalReason | undefined {
  if (standing.appKey !== appKey) return 'wrong-application';
  if (!standing.isActive) return 'revoked-api-key';
  if (standing.expiresAt !== null && standing.expiresAt.getTime() <= Date.now()) return 'expired-api-key';
  if (standing.applicationStatus !== 'ACTIVE') return 'inactive-application';
  if (standing.environmentStatus !== 'ACTIVE') return 'inactive-environment';
  if (environment !== undefined && standing.environment !== environment) return 'wrong-environment';
  return undefined;
}
