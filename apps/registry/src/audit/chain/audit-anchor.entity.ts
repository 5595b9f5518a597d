import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A range of entries that retention took away: it stands for them in the chain. */
@Entity('AuditAnchor')
export class AuditAnchorEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'PK_AuditAnchor' })
  firstNumber!: string;

  @Column({ type: 'bigint' })
  lastNumber!: string;

  /** Of the entry before it. */
  @Column({ type: 'text' })
  priorHash!: string;

  /** Of its last entry, which the next one refers to. */
  @Column({ type: 'text' })
  lastHash!: string;

  /** HMAC of the above. */
  @Column({ type: 'text' })
  signature!: string;
}
