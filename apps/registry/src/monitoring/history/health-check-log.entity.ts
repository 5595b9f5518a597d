import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { HealthTargetEntity } from '../probe/health-target.entity.js';

/**
 * One row for each check, until its day is closed. Partitioned by UTC day; rows without a partition are in
 * `HealthCheckLog_default`. Operators read the view `HealthCheck`, which has archived checks too.
 */
@Entity('HealthCheckLog')
@Check('CK_HealthCheckLog_status', `"status" IN ('SUCCESS', 'FAILURE', 'ERROR')`)
@Check('CK_HealthCheckLog_statusCode', `"statusCode" BETWEEN 1 AND 999`)
export class HealthCheckLogEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_HealthCheckLog' })
  targetId!: string;

  @ManyToOne(() => HealthTargetEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'targetId', foreignKeyConstraintName: 'FK_HealthCheckLog_targetId' })
  target?: never;

  @PrimaryColumn({ type: 'timestamptz', precision: 3, primaryKeyConstraintName: 'PK_HealthCheckLog' })
  checkedAt!: Date;

  /** Seconds; null when it was not answered. */
  @Column({ type: 'real', nullable: true })
  responseTime!: number | null;

  /** Null when it was not answered. */
  @Column({ type: 'smallint', nullable: true })
  statusCode!: number | null;

  @Column({ type: 'text' })
  status!: 'SUCCESS' | 'FAILURE' | 'ERROR';

  @Column({ type: 'text' })
  applicationId!: string;

  @Column({ type: 'text', nullable: true })
  environmentId!: string | null;

  @Column({ type: 'text', nullable: true })
  message!: string | null;

  /** Up to this check. Both counters are 0 where an earlier version recorded it. */
  @Column({ type: 'integer', default: 0 })
  consecutiveFailures!: number;

  @Column({ type: 'integer', default: 0 })
  consecutiveSuccesses!: number;
}
