import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { EnvironmentEntity } from '../environments/environment.entity.js';

export const API_KEY_ENVIRONMENT_CONSTRAINT = 'FK_ApiKey_environmentId';

@Entity('ApiKey')
@Unique('UQ_ApiKey_selector', ['selector'])
@Index('IX_ApiKey_environmentId', ['environmentId'])
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_ApiKey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** The public part of the key, by which its row is found; null for imported hashes. */
  @Column({ type: 'text', nullable: true })
  selector!: string | null;

  /** bcrypt of the whole key. */
  @Column({ type: 'text' })
  hashedKey!: string;

  @Column({ type: 'boolean', default: true })
  isActive!: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  @Column({ type: 'text' })
  environmentId!: string;

  @ManyToOne(() => EnvironmentEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'environmentId', foreignKeyConstraintName: API_KEY_ENVIRONMENT_CONSTRAINT })
  environment?: never;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
