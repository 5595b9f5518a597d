import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { OperatorKeyEntity } from '../operators/operator-key.entity.js';

@Entity('OperatorSession')
@Unique('UQ_OperatorSession_tokenHash', ['tokenHash'])
@Index('IX_OperatorSession_operatorKeyId', ['operatorKeyId'])
export class SessionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_OperatorSession' })
  id!: string;

  /** HMAC-SHA256 of the token under SECRET_KEY, in hexadecimal digits. */
  @Column({ type: 'text' })
  tokenHash!: string;

  /** The key that the session was started with, and ends with; null: REGISTRY_ADMIN_KEY. */
  @Column({ type: 'text', nullable: true })
  operatorKeyId!: string | null;

  @ManyToOne(() => OperatorKeyEntity, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'operatorKeyId', foreignKeyConstraintName: 'FK_OperatorSession_operatorKeyId' })
  operatorKey?: never;

  /** Of the value of REGISTRY_ADMIN_KEY that the session was started with, and ends with. */
  @Column({ type: 'text', nullable: true })
  adminKeyFingerprint!: string | null;

  @Column({ type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  lastSeenAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
