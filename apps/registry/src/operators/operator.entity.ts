import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { OperatorKind, OperatorRole } from '#libs/domain/operator.js';

export const OPERATOR_NAME_CONSTRAINT = 'UQ_Operator_name';

@Entity('Operator')
@Unique(OPERATOR_NAME_CONSTRAINT, ['name'])
export class OperatorEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_Operator' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  kind!: OperatorKind;

  @Column({ type: 'text' })
  role!: OperatorRole;

  /** App keys; null: not bound. */
  @Column({ type: 'text', array: true, nullable: true })
  applications!: readonly string[] | null;

  /** Names; null: not bound. */
  @Column({ type: 'text', array: true, nullable: true })
  environments!: readonly string[] | null;

  @Column({ type: 'boolean', default: true })
  isActive!: boolean;

  /** Name of the operator at that time. */
  @Column({ type: 'text' })
  createdBy!: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
