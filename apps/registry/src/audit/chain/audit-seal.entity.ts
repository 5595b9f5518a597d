import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** Beside each entry of the trail: what its writer signed, and its place in the chain. Entries themselves never change. */
@Entity('AuditSeal')
@Unique('UQ_AuditSeal_number', ['number'])
@Index('IX_AuditSeal_unsealed', ['entryId'], { where: '(("number" IS NULL) AND (NOT "isRefused"))' })
export class AuditSealEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_AuditSeal' })
  entryId!: string;

  /** HMAC of the entry, in hexadecimal digits; null: of an entry from before there were any. */
  @Column({ type: 'text', nullable: true })
  mac!: string | null;

  /** Its place in the chain, from 1; null: not sealed yet. */
  @Column({ type: 'bigint', nullable: true })
  number!: string | null;

  @Column({ type: 'text', nullable: true })
  hash!: string | null;

  /** true: no process of the registry wrote the entry, for its MAC is wrong. */
  @Column({ type: 'boolean', default: false })
  isRefused!: boolean;
}
