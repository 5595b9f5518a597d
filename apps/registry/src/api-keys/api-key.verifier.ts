import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type RefusalReason, TooManyFailures } from '#libs/access/access.errors.js';
import type { ApplicationCaller } from '#libs/access/caller.js';
import {
  type ApplicationCredentials,
  CredentialVerifier,
  type ReceivedCredentials,
  type Verification,
} from '#libs/access/credential-verifier.js';
import { AppKeyAliases } from '#libs/app-keys/app-key-aliases.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { ApiKeyCache } from './api-key.cache.js';
import { KeyCheckTooSlow } from './api-key.errors.js';
import { ApiKeyMatcher, type Fingerprint } from './api-key.matcher.js';
import type { ApiKeyRecord } from './api-keys.repository.js';
import { hashFault } from './comparable-hash.js';
import { type Attempt, FailureBudgets } from './failure-budgets.js';
import { hasChecksum, selectorOf } from './key-material.js';
import { refusalOf } from './key-refusal.js';
import { LastUsedTimes } from './last-used-times.js';

/** Credentials to verify, with everything that is known before a record is read. */
interface VerificationRequest extends ReceivedCredentials {
  readonly selector: string | undefined;
  readonly fingerprint: Fingerprint;
  /** Issued here by its checksum, or a recent match: such keys bypass the failure budgets, so that no flood blocks them. */
  readonly isTrusted: boolean;
}

/** The record whose hash the key matches, and why it is refused nevertheless. */
interface Match {
  readonly record?: ApiKeyRecord;
  /** Absent when the record is accepted. */
  readonly reason?: RefusalReason;
}

/** Keys whose unusable hash was logged, most recent ones. */
const MAX_REPORTED = 1000;

/**
 * Verifies an application's credentials in four steps: describe the key, find its candidate records, compare it with
 * their hashes, decide by the matching record. The record is found by the key's selector; only keys that were imported as
 * bare hashes have several candidates. Comparisons are cached, records only while the change feed is current.
 */
@Injectable()
export class ApiKeyVerifier extends CredentialVerifier {
  private readonly logger = new Logger('ApiKeys');
  private readonly reported = new LRUCache<string, true>({ max: MAX_REPORTED });

  constructor(
    private readonly records: ApiKeyCache,
    private readonly matcher: ApiKeyMatcher,
    private readonly budgets: FailureBudgets,
    private readonly lastUsed: LastUsedTimes,
    private readonly aliases: AppKeyAliases,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {
    super();
  }

  /** The fast path: the same steps for a key with a selector, as far as caches go. */
  cachedCaller(credentials: ApplicationCredentials): ApplicationCaller | undefined {
    const selector = selectorOf(credentials.apiKey);
    if (selector === undefined) return undefined;
    const [record] = this.records.cachedBySelector(selector) ?? [];
    if (record === undefined || this.cachedRefusalOf(record, credentials) !== undefined) return undefined;
    const fingerprint = this.matcher.fingerprintOf(credentials.apiKey);
    if (!this.matcher.isCachedMatch(fingerprint, record.hashedKey)) return undefined;
    this.lastUsed.record(record.apiKeyId);
    return callerOf(record);
  }

  /** The app key is looked up as an alias only where it is not the one of the record. */
  private cachedRefusalOf(
    record: ApiKeyRecord,
    { appKey, environment }: ApplicationCredentials,
  ): RefusalReason | undefined {
    const named = appKey === record.appKey ? appKey : (this.aliases.resolved(appKey) ?? appKey);
    return refusalOf(record, { appKey: named, environment }, this.clock.now());
  }

  async verify(credentials: ReceivedCredentials): Promise<Verification> {
    const request = this.describe(credentials);
    if (request.isTrusted) return this.decide(request, await this.candidates(request));
    return this.withinBudgets(request, async (consume) => {
      consume(request.appKey, 1);
      const candidates = await this.candidates(request);
      const comparisons = candidates.filter(({ hashedKey }) =>
        this.matcher.needsComparison(request.fingerprint, hashedKey),
      );
      // Charged to the application whose keys are compared, so that claiming another one does not spare its budget.
      consume(comparisons[0]?.appKey ?? request.appKey, comparisons.length);
      return this.decide(request, candidates);
    });
  }

  private describe(credentials: ReceivedCredentials): VerificationRequest {
    const { apiKey } = credentials;
    const fingerprint = this.matcher.fingerprintOf(apiKey);
    const isTrusted =
      this.matcher.isTrusted(fingerprint) || hasChecksum(apiKey, this.config.secrets.secretKeys);
    return { ...credentials, selector: selectorOf(apiKey), fingerprint, isTrusted };
  }

  /**
   * Runs `work`, which consumes its costs before they arise, and refunds them unless the key was wrong.
   *
   * @throws TooManyFailures when a budget is spent
   */
  private async withinBudgets(
    request: VerificationRequest,
    work: (consume: (appKey: string, cost: number) => void) => Promise<Verification>,
  ): Promise<Verification> {
    const attempts: Attempt[] = [];
    let isWrong = false;
    try {
      const verification = await work((appKey, cost) => {
        if (cost === 0) return;
        const attempt = { network: request.network, appKey, cost };
        const seconds = this.budgets.consume(attempt);
        if (seconds > 0) throw new TooManyFailures(request, seconds);
        attempts.push(attempt);
      });
      isWrong = isWrongKey(verification);
      return verification;
    } finally {
      if (!isWrong) for (const attempt of attempts) this.budgets.refund(attempt);
    }
  }

  /**
   * By selector at most one; without one, those of the application, whose key may be for another environment than the
   * one asked for, which comes first.
   */
  private async candidates({
    selector,
    appKey,
    environment,
    likelyEnvironment,
  }: VerificationRequest): Promise<readonly ApiKeyRecord[]> {
    if (selector !== undefined) return this.records.bySelector(selector);
    const records = await this.records.withoutSelector(await this.aliases.resolve(appKey));
    const likely = environment ?? likelyEnvironment;
    const isLikely = (record: ApiKeyRecord): boolean => record.environment === likely;
    return [...records.filter(isLikely), ...records.filter((record) => !isLikely(record))];
  }

  private async decide(
    request: VerificationRequest,
    candidates: readonly ApiKeyRecord[],
  ): Promise<Verification> {
    const { record, reason } = await this.bestMatch(request, candidates);
    if (record === undefined) {
      const [bySelector] = request.selector === undefined ? [] : candidates;
      return bySelector === undefined
        ? { accepted: false, reason: 'unknown-api-key' }
        : { accepted: false, reason: 'wrong-api-key', apiKeyId: bySelector.apiKeyId };
    }
    if (reason !== undefined) {
      const { apiKeyId, environment } = record;
      const proven = reason === 'wrong-environment' && { keyEnvironment: environment };
      return { accepted: false, reason, apiKeyId, ...proven };
    }
    this.lastUsed.record(record.apiKeyId);
    return { accepted: true, caller: callerOf(record) };
  }

  /**
   * The first matching record that is accepted, otherwise one that is good for another environment, otherwise the first
   * that matches: a key may have been imported twice.
   *
   * @throws KeyCheckTooSlow when none matches, and one of them could not be compared in time
   */
  private async bestMatch(request: VerificationRequest, candidates: readonly ApiKeyRecord[]): Promise<Match> {
    let refused: Match = {};
    let tooSlow: KeyCheckTooSlow | undefined;
    for (const record of candidates) {
      const outcome = await this.compare(request, record);
      if (outcome instanceof KeyCheckTooSlow) tooSlow = outcome;
      if (outcome !== true) continue;
      const reason = await this.refusalOfMatch(record, request);
      if (reason === undefined) return { record };
      const isGoodElsewhere = reason === 'wrong-environment' && refused.reason !== reason;
      if (refused.record === undefined || isGoodElsewhere) refused = { record, reason };
    }
    if (tooSlow !== undefined && refused.record === undefined) throw tooSlow;
    return refused;
  }

  /** A proven key of an application that the request calls by another app key: perhaps by a former one. */
  private async refusalOfMatch(
    record: ApiKeyRecord,
    { appKey, environment }: VerificationRequest,
  ): Promise<RefusalReason | undefined> {
    const named = (await this.aliases.isOf(appKey, record)) ? record.appKey : appKey;
    return refusalOf(record, { appKey: named, environment }, this.clock.now());
  }

  /** Whether the key matches; a hash that cannot be compared must not keep others from being compared. */
  private async compare(
    { apiKey, fingerprint, isTrusted }: VerificationRequest,
    { apiKeyId, hashedKey }: ApiKeyRecord,
  ): Promise<boolean | KeyCheckTooSlow> {
    const fault = hashFault(hashedKey);
    if (fault !== undefined) {
      this.report(apiKeyId, `its hashedKey ${fault}`);
      return false;
    }
    const trust = isTrusted ? 'trusted' : 'unverified';
    try {
      return await this.matcher.compare(apiKey, { fingerprint, hashedKey, trust });
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

function callerOf(record: ApiKeyRecord): ApplicationCaller {
  const { applicationId, appKey, environmentId, environment, apiKeyId } = record;
  return { kind: 'application', applicationId, appKey, environmentId, environment, apiKeyId };
}

function isWrongKey(verification: Verification): boolean {
  if (verification.accepted) return false;
  return verification.reason === 'unknown-api-key' || verification.reason === 'wrong-api-key';
}
