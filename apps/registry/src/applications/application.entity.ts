import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { HealthStatus, Status } from '#libs/domain/status.js';

export const APP_KEY_CONSTRAINT = 'UQ_Application_appKey';

@Entity('Application')
@Unique(APP_KEY_CONSTRAINT, ['appKey'])
@Index('IX_Application_createdAt_id', ['createdAt', 'id'])
@Check('CK_Application_status', `"status" IN ('ACTIVE', 'INACTIVE')`)
@Check('CK_Application_healthStatus', `"healthStatus" IN ('UNKNOWN', 'ACTIVE', 'INACTIVE')`)
export class ApplicationEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_Application' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text' })
  appKey!: string;

  @Column({ type: 'text', default: 'ACTIVE' })
  status!: Status;

  @Column({ type: 'text', default: 'API_KEY' })
  authenticationMethod!: string;

  /** Who answers for it, in the words of the operators. */
  @Column({ type: 'text', nullable: true })
  owner!: string | null;

  @Column({ type: 'text', nullable: true })
  healthCheckUrl!: string | null;

  @Column({ type: 'text', default: 'UNKNOWN' })
  healthStatus!: HealthStatus;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastHealthCheckAt!: Date | null;

  @Column({ type: 'integer', default: 0 })
  consecutiveFailures!: number;

  @Column({ type: 'integer', default: 0 })
  consecutiveSuccesses!: number;

  /** When an import wrote it; null when none did, or when it was changed here since. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  importedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
