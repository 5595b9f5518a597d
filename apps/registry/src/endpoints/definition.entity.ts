import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { EnvironmentEntity } from '../environments/environment.entity.js';

/** A JSON Schema that the endpoints of an environment share, as `#/$defs/NAME`. */
@Entity('Definition')
export class DefinitionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_Definition' })
  environmentId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_Definition' })
  name!: string;

  // json, not jsonb: it keeps the order of properties.
  @Column({ type: 'json' })
  schema!: unknown;

  @ManyToOne(() => EnvironmentEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'environmentId', foreignKeyConstraintName: 'FK_Definition_environmentId' })
  environment?: never;
}
