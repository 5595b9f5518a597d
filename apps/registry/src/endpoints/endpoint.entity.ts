import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { EnvironmentEntity } from '../environments/environment.entity.js';

@Entity('Endpoint')
@Unique('UQ_Endpoint_environmentId_method_path', ['environmentId', 'method', 'path'])
// Deferred: a batch may exchange the ids of two operations, in several statements.
@Unique('UQ_Endpoint_environmentId_operationId', ['environmentId', 'operationId'], {
  deferrable: 'INITIALLY DEFERRED',
})
export class EndpointEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'PK_Endpoint' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  path!: string;

  @Column({ type: 'text' })
  method!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'boolean', default: false })
  isPublic!: boolean;

  @Column({ type: 'text', nullable: true })
  authType!: string | null;

  // json, not jsonb: it keeps the order of properties.
  @Column({ type: 'json', nullable: true })
  authConfig!: unknown;

  @Column({ type: 'text', nullable: true })
  contentType!: string | null;

  @Column({ type: 'json', nullable: true })
  pathParams!: unknown;

  @Column({ type: 'json', nullable: true })
  queryParams!: unknown;

  @Column({ type: 'json', nullable: true })
  requestBody!: unknown;

  @Column({ type: 'json', nullable: true })
  responseBody!: unknown;

  @Column({ type: 'text', nullable: true })
  operationId!: string | null;

  @Column({ type: 'json', nullable: true })
  tags!: unknown;

  @Column({ type: 'boolean', default: false })
  deprecated!: boolean;

  @Column({ type: 'json', nullable: true })
  headerParams!: unknown;

  @Column({ type: 'json', nullable: true })
  cookieParams!: unknown;

  @Column({ type: 'json', nullable: true })
  parameterStyles!: unknown;

  @Column({ type: 'boolean', default: false })
  requestBodyRequired!: boolean;

  @Column({ type: 'text', nullable: true })
  responseContentType!: string | null;

  @Column({ type: 'text', nullable: true })
  baseUrl!: string | null;

  @Column({ type: 'json', nullable: true })
  keywords!: unknown;

  @Column({ type: 'text' })
  environmentId!: string;

  @ManyToOne(() => EnvironmentEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'environmentId', foreignKeyConstraintName: 'FK_Endpoint_environmentId' })
  environment?: never;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
