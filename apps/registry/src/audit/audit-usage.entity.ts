import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How much of the audit trail the changes of an application took in an hour. */
@Entity('AuditUsage')
export class AuditUsageEntity {
  /** No foreign key: it would lock the application after its environment. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_AuditUsage' })
  applicationId!: string;

  /** Since 1970, UTC. */
  @Column({ type: 'integer' })
  hour!: number;

  @Column({ type: 'bigint' })
  bytes!: string;
}
