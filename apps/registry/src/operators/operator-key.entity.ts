import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { OperatorEntity } from './operator.entity.js';

@Entity('OperatorKey')
@Unique('UQ_OperatorKey_selector', ['selector'])
@Index('IX_OperatorKey_operatorId', ['operatorId'])
export class OperatorKeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_OperatorKey' })
  id!: string;

  @Column({ type: 'text' })
  operatorId!: string;

  @ManyToOne(() => OperatorEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'operatorId', foreignKeyConstraintName: 'FK_OperatorKey_operatorId' })
  operator?: never;

  @Column({ type: 'text' })
  name!: string;

  /** The public part of the key, by which its row is found. */
  @Column({ type: 'text' })
  selector!: string;

  /** HMAC-SHA256 of the whole key under SECRET_KEY, in hexadecimal digits. */
  @Column({ type: 'text' })
  hash!: string;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** Name of the operator at that time. */
  @Column({ type: 'text' })
  createdBy!: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
