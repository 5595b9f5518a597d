/** An audit entry of another registry. */
export interface ImportedAuditEntry {
  /** Identifies it at a second import. */
  readonly id: string;
  readonly createdAt: Date;
  readonly action: string;
  readonly appKey: string | null;
  readonly applicationId: string | null;
  /** JSON. */
  readonly details: object | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}
