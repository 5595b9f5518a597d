import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { FastifyRequest } from 'fastify';
import type { RefusalReason, RefusedClaim } from '#libs/access/access.errors.js';
import { clientAddress } from '#libs/access/client-network.js';
import { HIDDEN, hideApiKeys } from '#libs/access/hide-api-keys.js';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { AuditLogRepository, type NewAuditEntry } from './audit-log.repository.js';
import { requestOrigin } from './request-origin.js';

const WINDOW_MS = 5000;
/** Distinct entries of one window; what goes beyond is counted in one entry a reason. */
const MAX_ENTRIES = 50;
const MAX_CLAIM_LENGTH = 255;

/** Reasons whose claimed app key is made up as often as not: a flood of invented ones is one entry an address. */
const UNPROVEN: ReadonlySet<RefusalReason> = new Set([
  'missing-credentials',
  'wrong-admin-key',
  'unknown-api-key',
  'wrong-api-key',
  'too-many-failures',
]);

/**
 * Writes refused credentials to the trail, equal ones of the same few seconds as one entry with their number:
 * a flood of refusals costs memory and table a bounded amount.
 */
@Injectable()
export class RefusalLog extends RefusalRecorder {
  private readonly logger = new Logger(RefusalLog.name);
  private pending = new Map<string, NewAuditEntry>();

  constructor(
    private readonly entries: AuditLogRepository,
    private readonly config: AppConfig,
    private readonly clock: DatabaseClock,
    database: Database,
  ) {
    super();
    database.beforeClose(() => this.flush());
  }

  refused(made: RefusedClaim, request: FastifyRequest): void {
    const claim = {
      ...made,
      appKey: this.withoutSecrets(made.appKey),
      environment: this.withoutSecrets(made.environment),
    };
    this.add(groupOf(claim, clientAddress(request)), entryOf(claim, request, this.clock.now()));
  }

  @Interval(WINDOW_MS)
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = this.pending;
    this.pending = new Map();
    // What the caller claimed to be is in the trail only: headers hold what they should not, too.
    for (const { reason, ipAddress, occurrences } of batch.values()) {
      this.logger.warn(
        `Refused credentials from ${ipAddress ?? 'unknown'}: ${reason ?? ''} (${occurrences}×)`,
      );
    }
    try {
      await this.entries.append([...batch.values()]);
    } catch (error) {
      this.logger.error(`Refused credentials could not be written yet: ${(error as Error).message}`);
      for (const [group, entry] of batch) this.add(group, entry);
    }
  }

  private add(group: string, entry: NewAuditEntry): void {
    const isFull = !this.pending.has(group) && this.pending.size >= MAX_ENTRIES;
    const key = isFull ? `overflow ${entry.reason ?? ''}` : group;
    const known = this.pending.get(key);
    if (known === undefined) this.pending.set(key, entry);
    else known.occurrences += entry.occurrences;
  }

  /** People put keys into the wrong header, and the trail keeps what it is told. */
  private withoutSecrets(claimed: string | undefined): string | undefined {
    if (claimed === undefined) return undefined;
    const digested = digest(claimed);
    const isAdminKey = this.config.secrets.adminKeys.some((key) => timingSafeEqual(digested, digest(key)));
    return isAdminKey ? HIDDEN : hideApiKeys(claimed);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function groupOf(
  { reason, appKey, environment, apiKeyId }: RefusedClaim,
  address: string | undefined,
): string {
  return JSON.stringify(
    UNPROVEN.has(reason) ? [reason, address, apiKeyId] : [reason, address, apiKeyId, appKey, environment],
  );
}

function entryOf(claim: RefusedClaim, request: FastifyRequest, createdAt: Date): NewAuditEntry {
  return {
    id: newId(),
    createdAt,
    action: 'credentials.refused',
    actor: 'anonymous',
    apiKeyId: claim.apiKeyId ?? null,
    appKey: storable(claim.appKey),
    applicationId: null,
    environment: storable(claim.environment),
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

/** A claim is anything a caller may send: one that no column can hold would lose all entries of its batch. */
function storable(claimed: string | undefined): string | null {
  return claimed?.slice(0, MAX_CLAIM_LENGTH).replaceAll('\u0000', '\uFFFD').toWellFormed() ?? null;
}
