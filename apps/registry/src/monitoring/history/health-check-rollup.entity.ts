import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { HealthTargetEntity } from '../probe/health-target.entity.js';

/**
 * The figures of one target on one closed UTC day, and those of its 24 hours: arrays whose first item is the
 * hour that begins at midnight. Times are seconds, over the answered probes; percentiles are discrete.
 */
@Entity('HealthCheckRollup')
@Index('IX_HealthCheckRollup_day', ['day'])
export class HealthCheckRollupEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_HealthCheckRollup' })
  targetId!: string;

  @ManyToOne(() => HealthTargetEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'targetId', foreignKeyConstraintName: 'FK_HealthCheckRollup_targetId' })
  target?: never;

  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'PK_HealthCheckRollup' })
  day!: string;

  /** Successes and failures. */
  @Column({ type: 'integer' })
  probes!: number;

  @Column({ type: 'integer' })
  failures!: number;

  /** What the registry could not or would not ask: no word about the target. */
  @Column({ type: 'integer' })
  errors!: number;

  @Column({ type: 'real', nullable: true })
  responseTimeP50!: number | null;

  @Column({ type: 'real', nullable: true })
  responseTimeP95!: number | null;

  @Column({ type: 'real', nullable: true })
  responseTimeMax!: number | null;

  /** An hour counts 32,767 at most, here and in the next two: nine a second. */
  @Column({ type: 'smallint', array: true })
  hourlyProbes!: number[];

  /** Null when the day has none, as most days. */
  @Column({ type: 'smallint', array: true, nullable: true })
  hourlyFailures!: number[] | null;

  /** Null when the day has none. */
  @Column({ type: 'smallint', array: true, nullable: true })
  hourlyErrors!: number[] | null;

  /** Null, as the next two, when no probe of the day was answered. */
  @Column({ type: 'real', array: true, nullable: true })
  hourlyP50!: (number | null)[] | null;

  @Column({ type: 'real', array: true, nullable: true })
  hourlyP95!: (number | null)[] | null;

  @Column({ type: 'real', array: true, nullable: true })
  hourlyMax!: (number | null)[] | null;
}
