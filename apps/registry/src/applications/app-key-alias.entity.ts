import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ApplicationEntity } from './application.entity.js';

/** Of the trigger, too, by which no application takes the alias of another one. */
export const ALIAS_CONSTRAINT = 'PK_AppKeyAlias';

/** A former app key that still names its application. */
@Entity('AppKeyAlias')
@Index('IX_AppKeyAlias_applicationId', ['applicationId'])
export class AppKeyAliasEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: ALIAS_CONSTRAINT })
  appKey!: string;

  @Column({ type: 'text' })
  applicationId!: string;

  @ManyToOne(() => ApplicationEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'applicationId', foreignKeyConstraintName: 'FK_AppKeyAlias_applicationId' })
  application?: never;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
