import { Injectable } from '@nestjs/common';
import { SecretRedaction } from '#libs/redaction/secret-redaction.js';
import { storableText } from '#libs/validation/storable-text.js';
import type { AuditLogEntity } from './audit-log.entity.js';
import { AuditLogRepository, type SignedRow } from './audit-log.repository.js';
import { AuditQuota } from './audit-quota.js';
import { boundedValues } from './bounded-values.js';
import { ChainKeys } from './chain/chain-keys.js';
import { entryDigest } from './chain/entry-digest.js';

/** An entry to be written. */
export type NewAuditEntry = Omit<AuditLogEntity, 'createdAt'> & {
  /** null: now, by the database's clock, so that the entries of one thing are in the order of its changes. */
  readonly createdAt: Date | null;
};

/** In characters. */
const MAX_LENGTHS = {
  action: 255,
  appKey: 255,
  applicationId: 255,
  environment: 255,
  resourceId: 255,
  ipAddress: 64,
  userAgent: 512,
  requestId: 255,
} as const;

type BoundedText = keyof typeof MAX_LENGTHS;

/** Writes all entries of the audit trail: bounded, and without secrets of the registry. */
@Injectable()
export class AuditWriter {
  constructor(
    private readonly entries: AuditLogRepository,
    private readonly quota: AuditQuota,
    private readonly redaction: SecretRedaction,
    private readonly keys: ChainKeys,
  ) {}

  /**
   * Writes entries in one statement, in the current transaction if there is one.
   *
   * @param chargedTo id of the application whose quota pays for them
   * @throws AuditQuotaExceeded when it is used up
   */
  async write(entries: readonly NewAuditEntry[], chargedTo?: string): Promise<void> {
    const rows: SignedRow[] = [];
    for (const entry of entries) rows.push(await this.rowOf(entry));
    if (chargedTo !== undefined) await this.quota.charge(chargedTo, rows);
    await this.entries.append(rows);
  }

  private async rowOf(entry: NewAuditEntry): Promise<SignedRow> {
    const texts = Object.entries(MAX_LENGTHS).map(([column, length]) => [
      column,
      this.storable(entry[column as BoundedText], length),
    ]);
    const values = await boundedValues(entry.before, entry.after, (text) => this.redaction.redact(text));
    const row = { ...entry, ...(Object.fromEntries(texts) as Record<BoundedText, string>), ...values };
    return { ...row, mac: this.keys.macOf(entryDigest(row)) };
  }

  /** Redacted before it is cut, or a part of a secret would stay; and such that every column can hold it. */
  private storable(text: string | null, length: number): string | null {
    if (text === null) return null;
    return storableText(this.redaction.redact(text), length);
  }
}
