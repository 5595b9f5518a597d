import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that says how far the trail is sealed. */
@Entity('AuditHead')
@Check('CK_AuditHead_one', '"id" = 1')
export class AuditHeadEntity {
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'PK_AuditHead' })
  id!: number;

  @Column({ type: 'bigint' })
  number!: string;

  @Column({ type: 'text' })
  hash!: string;

  /** Up to here entries have no MAC: a migration sealed them. */
  @Column({ type: 'bigint' })
  adoptedUntil!: string;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  sealedAt!: Date | null;

  /** HMAC of the above; null: nothing was signed yet. */
  @Column({ type: 'text', nullable: true })
  signature!: string | null;
}
