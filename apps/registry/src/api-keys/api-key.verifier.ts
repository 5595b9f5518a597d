import { Injectable, Logger } from '@nestjs/common';
import { type RefusalReason, TooManyFailures } from '#libs/access/access.errors.js';
import type { ApplicationCaller } from '#libs/access/caller.js';
import {
  type ApplicationCredentials,
  type CredentialsFrom,
  CredentialVerifier,
  type Verification,
} from '#libs/access/credential-verifier.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { LRUCache } from 'lru-cache';
import { KeyCheckTooSlow } from './api-key.errors.js';
import type { KeyStanding } from './api-keys.repository.js';
import { hashFault } from './comparable-hash.js';
import { type Charge, FailedAttempts } from './failed-attempts.js';
import { type Fingerprint, KeyComparison } from './key-comparison.js';
import { hasMark, selectorOf } from './key-material.js';
import { refusal } from './key-refusal.js';
import { KeyStandings } from './key-standings.js';
import { KeyUse } from './key-use.js';

/** Credentials with what is known of the key before any row is read. */
interface Claim extends CredentialsFrom {
  readonly selector: string | undefined;
  readonly fingerprint: Fingerprint;
  /** Made here, or good lately. Nobody else can make such a claim, so that no flood can stand in its way. */
  readonly isTrusted: boolean;
}

/** The last so many keys of which the log has said that they cannot be checked. */
const MAX_REPORTED = 1000;

/**
 * Decides whether an application's credentials are good: one row by the key's selector, and one comparison that is
 * remembered. Only keys that were imported as bare hashes are compared one after the other, within their
 * environment. What a key stands for is read at every request, so that a change counts at once.
 */
@Injectable()
export class ApiKeyVerifier extends CredentialVerifier {
  private readonly logger = new Logger('ApiKeys');
  private readonly reported = new LRUCache<string, true>({ max: MAX_REPORTED });

  constructor(
    private readonly standings: KeyStandings,
    private readonly comparison: KeyComparison,
    private readonly failures: FailedAttempts,
    private readonly use: KeyUse,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {
    super();
  }

  known(credentials: ApplicationCredentials): ApplicationCaller | undefined {
    const selector = selectorOf(credentials.apiKey);
    if (selector === undefined) return undefined;
    const [standing] = this.standings.knownBySelector(selector) ?? [];
    if (standing === undefined || refusal(standing, credentials, this.clock.now()) !== undefined)
      return undefined;
    const fingerprint = this.comparison.fingerprintOf(credentials.apiKey);
    if (!this.comparison.knowsMatch(fingerprint, standing.hashedKey)) return undefined;
    this.use.record(standing.apiKeyId);
    return callerOf(standing);
  }

  async verify(credentials: CredentialsFrom): Promise<Verification> {
    const claim = this.claimOf(credentials);
    if (claim.isTrusted) return this.judge(claim, await this.candidatesOf(claim));
    const charges: Charge[] = [];
    let isWrong = false;
    try {
      this.charge(claim, claim.appKey, 1, charges);
      const candidates = await this.candidatesOf(claim);
      const comparisons = candidates.filter(({ hashedKey }) =>
        this.comparison.isNew(claim.fingerprint, hashedKey),
      );
      // To the application whose keys are compared: claiming another one does not spare its budget.
      const [{ appKey } = claim] = comparisons;
      this.charge(claim, appKey, comparisons.length, charges);
      const verification = await this.judge(claim, candidates);
      isWrong = hasWrongKey(verification);
      return verification;
    } finally {
      if (!isWrong) for (const charge of charges) this.failures.giveBack(charge);
    }
  }

  private claimOf(credentials: CredentialsFrom): Claim {
    const { apiKey } = credentials;
    const fingerprint = this.comparison.fingerprintOf(apiKey);
    const isTrusted =
      this.comparison.knowsAsGood(fingerprint) || hasMark(apiKey, this.config.secrets.secretKeys);
    return { ...credentials, selector: selectorOf(apiKey), fingerprint, isTrusted };
  }

  private candidatesOf(claim: Claim): Promise<readonly KeyStanding[]> {
    return claim.selector === undefined
      ? this.withoutSelector(claim)
      : this.standings.bySelector(claim.selector);
  }

  private async withoutSelector({
    appKey,
    environment,
    likelyEnvironment,
  }: ApplicationCredentials): Promise<readonly KeyStanding[]> {
    const standings = await this.standings.withoutSelector(appKey, environment);
    const isLikely = (standing: KeyStanding): boolean => standing.environment === likelyEnvironment;
    return [...standings.filter(isLikely), ...standings.filter((standing) => !isLikely(standing))];
  }

  /** @throws TooManyFailures when the budget is spent */
  private charge(claim: Claim, appKey: string, cost: number, charges: Charge[]): void {
    if (cost === 0) return;
    const charge = { network: claim.network, appKey, cost };
    const seconds = this.failures.take(charge);
    if (seconds > 0) throw new TooManyFailures(claim, seconds);
    charges.push(charge);
  }

  private async judge(claim: Claim, candidates: readonly KeyStanding[]): Promise<Verification> {
    const { match, reason } = await this.bestMatch(claim, candidates);
    if (match === undefined) {
      const [recognised] = claim.selector === undefined ? [] : candidates;
      return recognised === undefined
        ? { accepted: false, reason: 'unknown-api-key' }
        : { accepted: false, reason: 'wrong-api-key', apiKeyId: recognised.apiKeyId };
    }
    if (reason !== undefined) return { accepted: false, reason, apiKeyId: match.apiKeyId };
    this.use.record(match.apiKeyId);
    return { accepted: true, caller: callerOf(match) };
  }

  /**
   * The first candidate that is accepted, otherwise the first that matches: one text may have been imported twice.
   *
   * @throws KeyCheckTooSlow when none matches, and one of them could not be compared in time
   */
  private async bestMatch(claim: Claim, candidates: readonly KeyStanding[]): Promise<Match> {
    let refused: Match = {};
    let tooSlow: KeyCheckTooSlow | undefined;
    for (const match of candidates) {
      const outcome = await this.compare(claim, match);
      if (outcome instanceof KeyCheckTooSlow) tooSlow = outcome;
      if (outcome !== true) continue;
      const reason = refusal(match, claim, this.clock.now());
      if (reason === undefined) return { match };
      if (refused.match === undefined) refused = { match, reason };
    }
    if (tooSlow !== undefined && refused.match === undefined) throw tooSlow;
    return refused;
  }

  /** Whether the key matches; a hash that cannot be compared must not keep others from being compared. */
  private async compare(
    { apiKey, fingerprint, isTrusted }: Claim,
    { apiKeyId, hashedKey }: KeyStanding,
  ): Promise<boolean | KeyCheckTooSlow> {
    const fault = hashFault(hashedKey);
    if (fault !== undefined) {
      this.report(apiKeyId, `its hashedKey ${fault}`);
      return false;
    }
    const trust = isTrusted ? 'trusted' : 'unproven';
    try {
      return await this.comparison.compare(apiKey, { fingerprint, hashedKey, trust });
    } catch (error) {
      if (!(error instanceof KeyCheckTooSlow)) throw error;
      this.report(apiKeyId, 'a comparison with its hash exceeded the time limit');
      return error;
    }
  }

  private report(apiKeyId: string, problem: string): void {
    if (this.reported.has(apiKeyId)) return;
    this.reported.set(apiKeyId, true);
    this.logger.warn(`API key ${apiKeyId} cannot be checked: ${problem}`);
  }
}

interface Match {
  readonly match?: KeyStanding;
  /** Why the match is refused; absent when it is accepted. */
  readonly reason?: RefusalReason;
}

function callerOf(standing: KeyStanding): ApplicationCaller {
  const { applicationId, appKey, environmentId, environment, apiKeyId } = standing;
  return { kind: 'application', applicationId, appKey, environmentId, environment, apiKeyId };
}

function hasWrongKey(verification: Verification): boolean {
  if (verification.accepted) return false;
  return verification.reason === 'unknown-api-key' || verification.reason === 'wrong-api-key';
}
