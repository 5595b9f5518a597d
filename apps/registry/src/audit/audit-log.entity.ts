import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Refers to what it speaks of by plain values: entries outlive it. */
@Entity('AuditLog')
@Index('IX_AuditLog_createdAt_id', ['createdAt', 'id'])
@Index('IX_AuditLog_appKey_createdAt', ['appKey', 'createdAt', 'id'])
@Index('IX_AuditLog_action_createdAt', ['action', 'createdAt', 'id'])
@Index('IX_AuditLog_actor_createdAt', ['actor', 'createdAt', 'id'])
@Index('IX_AuditLog_apiKeyId_createdAt', ['apiKeyId', 'createdAt', 'id'])
export class AuditLogEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_AuditLog' })
  id!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'text' })
  action!: string;

  /** 'admin', 'application', 'registry' by itself, 'cli', 'imported' with its entry, or 'anonymous' for refused credentials. */
  @Column({ type: 'text' })
  actor!: string;

  /** The API key that was used, or recognised and refused. */
  @Column({ type: 'text', nullable: true })
  apiKeyId!: string | null;

  @Column({ type: 'text', nullable: true })
  appKey!: string | null;

  @Column({ type: 'text', nullable: true })
  applicationId!: string | null;

  @Column({ type: 'text', nullable: true })
  environment!: string | null;

  @Column({ type: 'text', nullable: true })
  environmentId!: string | null;

  @Column({ type: 'text' })
  resourceType!: string;

  @Column({ type: 'text', nullable: true })
  resourceId!: string | null;

  @Column({ type: 'json', nullable: true })
  before!: unknown;

  @Column({ type: 'json', nullable: true })
  after!: unknown;

  /** Why credentials were refused. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  /** How many equal events the entry stands for. */
  @Column({ type: 'integer', default: 1 })
  occurrences!: number;

  @Column({ type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text', nullable: true })
  requestId!: string | null;
}
