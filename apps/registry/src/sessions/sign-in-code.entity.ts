import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { OperatorKeyEntity } from '../operators/operator-key.entity.js';

/** A one-time code. The table is not logged: codes live for a minute, and need not survive a crash. */
@Entity('OperatorSignInCode')
@Index('IX_OperatorSignInCode_operatorKeyId', ['operatorKeyId'])
export class SignInCodeEntity {
  /** HMAC-SHA256 of the code under SECRET_KEY, in hexadecimal digits. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_OperatorSignInCode' })
  hash!: string;

  /** The key that the code stands for; null: REGISTRY_ADMIN_KEY. */
  @Column({ type: 'text', nullable: true })
  operatorKeyId!: string | null;

  @ManyToOne(() => OperatorKeyEntity, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'operatorKeyId', foreignKeyConstraintName: 'FK_OperatorSignInCode_operatorKeyId' })
  operatorKey?: never;

  @Column({ type: 'text', nullable: true })
  adminKeyFingerprint!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
