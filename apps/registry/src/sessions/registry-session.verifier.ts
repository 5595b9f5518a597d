import { Injectable } from '@nestjs/common';
import type { RefusalReason } from '#libs/access/access.errors.js';
import { adminKeyCaller, AdminKeyGuard } from '#libs/access/admin-key.guard.js';
import { Bindings } from '#libs/access/bindings.js';
import type { OperatorCaller } from '#libs/access/caller.js';
import type { RepeatableCheck } from '#libs/access/caller-check.js';
import type { OperatorVerification } from '#libs/access/operator-verifier.js';
import { type SessionCaller, SessionVerifier } from '#libs/access/session-verifier.js';
import { ReadThroughCache, type Subject } from '#libs/cache/read-through-cache.js';
import { AppConfig } from '#libs/config/app-config.js';
import { ChangeFeed, OPERATORS } from '#libs/database/change-feed.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { includesRole } from '#libs/domain/operator.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { refusalOfOperatorKey } from '../operators/operator-key-standing.js';
import { hashesOf } from './session-secret.js';
import { SessionUses } from './session-uses.js';
import { type SessionRecord, SessionsRepository } from './sessions.repository.js';

const MAX_CACHED_BYTES = 1024 * 1024;
/** Approximate size of a session, besides what its operator is bound to. */
const SESSION_BYTES = 1024;
/** How exactly it is known when a session was last used. */
const SEEN_EVERY_MS = 60_000;

/** A session as this process knows it. */
interface KnownSession {
  readonly record: SessionRecord;
  readonly caller: OperatorCaller;
  lastSeenAt: Date;
}

/** Verifies sessions by the HMAC of their token; they are cached until operators or sessions change. */
@Injectable()
export class RegistrySessionVerifier extends SessionVerifier {
  private readonly cache: ReadThroughCache<readonly KnownSession[]>;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly uses: SessionUses,
    private readonly adminKey: AdminKeyGuard,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    super();
    this.cache = new ReadThroughCache(feed, metrics, {
      name: 'sessions',
      maxBytes: MAX_CACHED_BYTES,
      sizeOf: (known) =>
        known.reduce((sum, { caller }) => sum + SESSION_BYTES + 2 * caller.bindings.toString().length, 0),
    });
  }

  cachedCaller(token: string): OperatorCaller | undefined {
    const [hash] = this.hashesOf(token);
    const [known] = (hash === undefined ? undefined : this.cache.get(hash)) ?? [];
    return known === undefined || this.refusalOf(known) !== undefined ? undefined : this.used(known);
  }

  async verify(token: string): Promise<OperatorVerification> {
    const known = await this.known(token);
    const verification = this.judged(known);
    if (known !== undefined && verification.accepted) this.used(known);
    return verification;
  }

  async stillAccepts(token: string): Promise<OperatorVerification> {
    return this.judged(await this.known(token));
  }

  private async known(token: string): Promise<KnownSession | undefined> {
    const hashes = this.hashesOf(token);
    const [hash] = hashes;
    if (hash === undefined) return undefined;
    const load = async (): Promise<readonly KnownSession[]> => {
      const record = await this.sessions.byToken(hashes);
      return record === undefined ? [] : [knownSession(record)];
    };
    let [known] = await this.cache.getOrLoad(hash, load, subjectOf);
    if (known !== undefined && this.refusalOf(known) === 'idle-session') {
      // Another process may have seen it since; the cached session learns it, so that only this request reads it.
      const [read] = await load();
      if (read === undefined) known = undefined;
      else known.lastSeenAt = read.lastSeenAt;
    }
    return known;
  }

  /** Of a session that this transaction has made. */
  async verifyNew(token: string): Promise<OperatorVerification> {
    const record = await this.sessions.byToken(this.hashesOf(token));
    return this.judged(record && knownSession(record));
  }

  private judged(known: KnownSession | undefined): OperatorVerification {
    if (known === undefined) return { accepted: false, reason: 'unknown-session' };
    const reason = this.refusalOf(known);
    if (reason === undefined) return { accepted: true, caller: known.caller };
    const { operatorId, operatorName } = known.caller;
    return {
      accepted: false,
      reason,
      ...(operatorId !== null && { operator: { id: operatorId, name: operatorName } }),
    };
  }

  async lockAndCheck({ session, operatorId, role, bindings }: SessionCaller): Promise<RepeatableCheck> {
    const record = await this.sessions.lockRecord(session.id, operatorId !== null);
    return () => {
      if (record === undefined) return 'unknown-session';
      const known = knownSession(record);
      if (!includesRole(known.caller.role, role)) return 'insufficient-role';
      if (!bindings.equals(known.caller.bindings)) return 'outside-bindings';
      return this.refusalOf(known, { whateverItsUse: true });
    };
  }

  private hashesOf(token: string): string[] {
    return hashesOf(token, this.config.secrets.secretKeys);
  }

  private used(known: KnownSession): OperatorCaller {
    const now = this.clock.now();
    if (now.getTime() - known.lastSeenAt.getTime() >= SEEN_EVERY_MS) {
      known.lastSeenAt = now;
      this.uses.record(known.record.sessionId);
    }
    return known.caller;
  }

  private refusalOf(
    { record, lastSeenAt }: KnownSession,
    { whateverItsUse = false } = {},
  ): RefusalReason | undefined {
    const now = this.clock.now();
    const { operatorKeyId, adminKeyFingerprint, keyExpiresAt, keyRevokedAt, isActive } = record;
    if (record.expiresAt <= now) return 'expired-session';
    const idleMs = now.getTime() - lastSeenAt.getTime();
    if (!whateverItsUse && idleMs > this.config.console.sessionIdleSeconds * 1000) return 'idle-session';
    if (operatorKeyId === null) {
      return this.adminKey.isCurrent(adminKeyFingerprint ?? '') ? undefined : 'wrong-admin-key';
    }
    const key = { revokedAt: keyRevokedAt, expiresAt: keyExpiresAt, isActive: isActive === true };
    return refusalOfOperatorKey(key, now);
  }
}

function knownSession(record: SessionRecord): KnownSession {
  const { operatorId, operatorKeyId, operatorName, role, adminKeyFingerprint, lastSeenAt } = record;
  const session = { id: record.sessionId, expiresAt: record.expiresAt };
  if (operatorId === null || operatorName === null || role === null) {
    return { record, caller: adminKeyCaller(adminKeyFingerprint ?? '', session), lastSeenAt };
  }
  const bindings = new Bindings(record.applications, record.environments);
  const operator = { role, operatorName, operatorId, operatorKeyId, adminKeyFingerprint };
  return { record, caller: { kind: 'admin', ...operator, bindings, session }, lastSeenAt };
}

/** Unknown tokens are unbounded, and not cached. */
function subjectOf(known: readonly KnownSession[]): Subject {
  return known.length === 0 ? 'nothing' : { appKey: OPERATORS };
}
