import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { HealthStatus, Status } from '#libs/domain/status.js';
import { ApplicationEntity } from '../applications/application.entity.js';
import type { EnvironmentSecurity } from './environment-security.js';

export const ENVIRONMENT_NAME_CONSTRAINT = 'UQ_Environment_applicationId_name';
const ENVIRONMENT_APPLICATION_CONSTRAINT = 'FK_Environment_applicationId';

@Entity('Environment')
@Unique(ENVIRONMENT_NAME_CONSTRAINT, ['applicationId', 'name'])
@Check('CK_Environment_status', `"status" IN ('ACTIVE', 'INACTIVE')`)
@Check('CK_Environment_healthStatus', `"healthStatus" IN ('UNKNOWN', 'ACTIVE', 'INACTIVE')`)
export class EnvironmentEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_Environment' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text', nullable: true })
  baseDomain!: string | null;

  @Column({ type: 'text', default: 'ACTIVE' })
  status!: Status;

  @Column({ type: 'text', default: 'UNKNOWN' })
  healthStatus!: HealthStatus;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  healthStatusChangedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastHealthCheckAt!: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  security!: EnvironmentSecurity | null;

  /** What agents are to be told before they call its endpoints. */
  @Column({ type: 'text', nullable: true })
  customPrompt!: string | null;

  @Column({ type: 'text' })
  applicationId!: string;

  @ManyToOne(() => ApplicationEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'applicationId', foreignKeyConstraintName: ENVIRONMENT_APPLICATION_CONSTRAINT })
  application?: never;

  /** When an import wrote it; null when none did, or when it was changed here since. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  importedAt!: Date | null;

  /** When an import wrote its endpoints; null when none did, or when they were registered here since. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  endpointsImportedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
