import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { HealthTargetEntity } from '../probe/health-target.entity.js';

/**
 * All probes of one target on one closed UTC day, oldest first: arrays of equal length, which cost a tenth of
 * their rows. Partitioned by day. The view `ArchivedHealthCheck` gives the rows back.
 */
@Entity('HealthCheckLogArchive')
export class HealthCheckLogArchiveEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_HealthCheckLogArchive' })
  targetId!: string;

  @ManyToOne(() => HealthTargetEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'targetId', foreignKeyConstraintName: 'FK_HealthCheckLogArchive_targetId' })
  target?: never;

  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'PK_HealthCheckLogArchive' })
  day!: string;

  /** Milliseconds since midnight UTC. */
  @Column({ type: 'integer', array: true })
  offsets!: number[];

  /** Status and status code in one: the code (0 for none), plus 1000 for a FAILURE or 2000 for an ERROR. */
  @Column({ type: 'smallint', array: true })
  outcomes!: number[];

  @Column({ type: 'real', array: true })
  responseTimes!: (number | null)[];

  /** Null when no probe of the day has one. */
  @Column({ type: 'text', array: true, nullable: true })
  messages!: (string | null)[] | null;

  /** Successes in a row, or failures as a negative number; null when no probe of the day has any. */
  @Column({ type: 'integer', array: true, nullable: true })
  streaks!: (number | null)[] | null;
}
