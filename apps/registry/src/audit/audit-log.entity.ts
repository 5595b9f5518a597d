import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** References are plain values: entries outlive the rows. */
@Entity('AuditLog')
@Index('IX_AuditLog_createdAt_id', ['createdAt', 'id'])
@Index('IX_AuditLog_appKey_createdAt', ['appKey', 'createdAt', 'id'])
@Index('IX_AuditLog_action_createdAt', ['action', 'createdAt', 'id'])
@Index('IX_AuditLog_actor_createdAt', ['actor', 'createdAt', 'id'])
@Index('IX_AuditLog_apiKeyId_createdAt', ['apiKeyId', 'createdAt', 'id'])
@Index('IX_AuditLog_operatorName_createdAt', ['operatorName', 'createdAt', 'id'], {
  where: '("operatorName" IS NOT NULL)',
})
export class AuditLogEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_AuditLog' })
  id!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'text' })
  action!: string;

  /**
   * 'admin', 'application', 'registry' for the service itself, 'cli', 'imported' with its entry, or 'anonymous'
   * for refused credentials.
   */
  @Column({ type: 'text' })
  actor!: string;

  /** The API key that was used, or recognised and refused. */
  @Column({ type: 'text', nullable: true })
  apiKeyId!: string | null;

  /** The operator who did it, or was recognised and refused, named as at that time; a name without an id is that of a key. */
  @Column({ type: 'text', nullable: true })
  operatorId!: string | null;

  @Column({ type: 'text', nullable: true })
  operatorName!: string | null;

  /** 'api', 'cli' or 'console', of what operators and applications did. */
  @Column({ type: 'text', nullable: true })
  via!: string | null;

  /** The session in which an operator did it. */
  @Column({ type: 'text', nullable: true })
  sessionId!: string | null;

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

  /** Number of equal events that the entry summarises. */
  @Column({ type: 'integer', default: 1 })
  occurrences!: number;

  @Column({ type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text', nullable: true })
  requestId!: string | null;
}
