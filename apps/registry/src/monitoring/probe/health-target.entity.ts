import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { HealthStatus } from '#libs/domain/status.js';
import { ApplicationEntity } from '../../applications/application.entity.js';
import { EnvironmentEntity } from '../../environments/environment.entity.js';

/**
 * What the scheduler knows of one application or environment: one row each, made and set back by triggers, so that
 * no way of changing a URL forgets it. Apart from their own tables, which every probe would have to write twice.
 */
@Entity('HealthTarget')
@Index('IX_HealthTarget_dueAt', ['dueAt'])
@Check('CK_HealthTarget_healthStatus', `"healthStatus" IN ('UNKNOWN', 'ACTIVE', 'INACTIVE')`)
export class HealthTargetEntity {
  /** The id of the environment, or of the application when the target is the application itself. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_HealthTarget' })
  id!: string;

  @Index('IX_HealthTarget_applicationId')
  @Column({ type: 'text' })
  applicationId!: string;

  @ManyToOne(() => ApplicationEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'applicationId', foreignKeyConstraintName: 'FK_HealthTarget_applicationId' })
  application?: never;

  @Index('IX_HealthTarget_environmentId')
  @Column({ type: 'text', nullable: true })
  environmentId!: string | null;

  @ManyToOne(() => EnvironmentEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'environmentId', foreignKeyConstraintName: 'FK_HealthTarget_environmentId' })
  environment?: never;

  @Column({ type: 'text', default: 'UNKNOWN' })
  healthStatus!: HealthStatus;

  @Column({ type: 'integer', default: 0 })
  consecutiveFailures!: number;

  @Column({ type: 'integer', default: 0 })
  consecutiveSuccesses!: number;

  /** When it was probed last; null since where it leads was changed. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  checkedAt!: Date | null;

  /** When it is to be probed next; null while there is nothing to probe. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  dueAt!: Date | null;

  /** When its last probe of the schedule began, wherever it led then; a change leaves it. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  probedAt!: Date | null;

  /** The lease of the process that probes it. */
  @Column({ type: 'text', nullable: true })
  claimedBy!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  claimedUntil!: Date | null;
}
