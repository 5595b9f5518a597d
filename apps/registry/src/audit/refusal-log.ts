import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RefusalReason, RefusedClaim } from '#libs/access/access.errors.js';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { clientAddress } from '#libs/http/client-network.js';
import { AuditWriter, type NewAuditEntry } from './audit-writer.js';
import { NO_OPERATOR, requestOrigin } from './request-origin.js';

/** Distinct entries between two flushes; refusals beyond them are counted in one entry a reason. */
const MAX_ENTRIES = 50;
/** The `resourceType` of an entry for refusals of any number of callers. */
const OVERFLOW = 'overflow';

/** Reasons whose claimed app key is made up as often as not: a flood of invented ones is one entry an address. */
const UNPROVEN: ReadonlySet<RefusalReason> = new Set([
  'missing-credentials',
  'wrong-admin-key',
  'unknown-api-key',
  'wrong-api-key',
  'too-many-failures',
  'unknown-operator-key',
  'wrong-operator-key',
  'unknown-session',
  'unknown-sign-in-code',
]);

/** What refusals of one entry may differ in. */
const CLAIMED = ['appKey', 'environment', 'userAgent', 'resourceId'] as const;

/**
 * Writes refused credentials to the trail, equal ones of the same few seconds as one entry with their number:
 * a flood of refusals costs memory and table a bounded amount. An entry says only what holds for all its refusals.
 */
@Injectable()
export class RefusalLog extends RefusalRecorder {
  private readonly logger = new Logger(RefusalLog.name);
  private pending = new Map<string, NewAuditEntry>();

  constructor(
    private readonly writer: AuditWriter,
    private readonly clock: DatabaseClock,
    database: Database,
  ) {
    super();
    database.onShutdown(() => this.flush());
  }

  refused(claim: RefusedClaim, request: FastifyRequest): void {
    this.add(groupOf(claim, clientAddress(request)), entryOf(claim, request, this.clock.now()));
  }

  /** Writes the refusals since the last call; refusals that cannot be written are kept for the next call. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = this.pending;
    this.pending = new Map();
    // The claimed identity is in the trail only: headers may hold secrets.
    for (const { reason, resourceType, ipAddress, occurrences } of batch.values()) {
      const source = resourceType === OVERFLOW ? `further callers` : (ipAddress ?? 'unknown');
      this.logger.warn(`Refused credentials from ${source}: ${reason ?? ''} (${occurrences}×)`);
    }
    try {
      await this.writer.write([...batch.values()]);
    } catch (error) {
      this.logger.error(`Refused credentials could not be written yet: ${(error as Error).message}`);
      for (const [group, entry] of batch) this.add(group, entry);
    }
  }

  private add(group: string, entry: NewAuditEntry): void {
    if (!this.pending.has(group) && this.pending.size >= MAX_ENTRIES) {
      this.count(`${OVERFLOW} ${entry.reason ?? ''}`, overflowOf(entry));
    } else this.count(group, entry);
  }

  private count(group: string, entry: NewAuditEntry): void {
    const known = this.pending.get(group);
    this.pending.set(group, known === undefined ? entry : together(known, entry));
  }
}

function groupOf(
  { reason, appKey, environment, apiKeyId, operator }: RefusedClaim,
  address: string | undefined,
): string {
  return JSON.stringify(
    UNPROVEN.has(reason)
      ? [reason, address, apiKeyId]
      : [reason, address, apiKeyId, appKey, environment, operator?.id],
  );
}

/** Both as one entry, the earlier one without the claims that the other one does not share. */
function together(one: NewAuditEntry, other: NewAuditEntry): NewAuditEntry {
  const different = CLAIMED.filter((field) => one[field] !== other[field]);
  return {
    ...one,
    ...Object.fromEntries(different.map((field) => [field, null])),
    occurrences: one.occurrences + other.occurrences,
  };
}

/** The refusals of an entry without their caller. */
function overflowOf({ id, createdAt, action, actor, reason, occurrences }: NewAuditEntry): NewAuditEntry {
  return {
    id,
    createdAt,
    action,
    actor,
    apiKeyId: null,
    ...NO_OPERATOR,
    appKey: null,
    applicationId: null,
    environment: null,
    environmentId: null,
    resourceType: OVERFLOW,
    resourceId: null,
    before: null,
    after: null,
    reason,
    occurrences,
    ipAddress: null,
    userAgent: null,
    requestId: null,
  };
}

function entryOf(claim: RefusedClaim, request: FastifyRequest, createdAt: Date): NewAuditEntry {
  return {
    id: newId(),
    createdAt,
    action: 'credentials.refused',
    actor: 'anonymous',
    apiKeyId: claim.apiKeyId ?? null,
    operatorId: claim.operator?.id ?? null,
    operatorName: claim.operator?.name ?? null,
    sessionId: null,
    appKey: claim.appKey ?? null,
    applicationId: null,
    environment: claim.environment ?? null,
    environmentId: null,
    resourceType: 'route',
    resourceId: `${request.method} ${request.routeOptions.url ?? ''}`,
    before: null,
    after: null,
    reason: claim.reason,
    occurrences: 1,
    ...requestOrigin(request),
  };
}
