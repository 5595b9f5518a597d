import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  OPERATOR_KINDS,
  OPERATOR_ROLES,
  type OperatorKind,
  type OperatorRole,
} from '#libs/domain/operator.js';
import { ObservedField } from '#libs/responses/observed-field.decorator.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';

const nullableTime = (): PropertyDecorator =>
  ResponseField({ type: String, format: 'date-time', nullable: true, example: null });

/** A key of an operator as everybody may see it: neither secret nor hash. */
export class OperatorKeyResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f17' })
  readonly id!: string;

  @ResponseField({ example: 'laptop' })
  readonly name!: string;

  @ResponseField({ example: 'mcpop_0f1e2d3c4b5a6978', description: 'How the key begins, to recognise it by' })
  @Transform(({ obj }) => `mcpop_${(obj as { selector: string }).selector}`)
  readonly prefix!: string;

  @nullableTime()
  readonly expiresAt!: Date | null;

  @ObservedField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastUsedAt!: Date | null;

  @nullableTime()
  readonly revokedAt!: Date | null;

  @ResponseField({ example: 'REGISTRY_ADMIN_KEY', description: 'The operator who issued it' })
  readonly createdBy!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;
}

export class IssuedOperatorKeyResponse extends OperatorKeyResponse {
  @ApiProperty({
    example: 'mcpop_0f1e2d3c4b5a6978_4nVb0yZ1f5aXq2mJk8Lw3sRtUvWxYz0AbCdEfGhIjKl',
    description: 'The key itself, shown this once',
  })
  readonly key!: string;
}

export class OperatorResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f16' })
  readonly id!: string;

  @ResponseField({ example: 'ann' })
  readonly name!: string;

  @ResponseField({ enum: OPERATOR_KINDS, example: 'person' })
  readonly kind!: OperatorKind;

  @ResponseField({ enum: OPERATOR_ROLES, example: 'editor' })
  readonly role!: OperatorRole;

  @ResponseField({
    type: [String],
    nullable: true,
    example: null,
    description: 'App keys that the operator is bound to; null: all',
  })
  readonly applications!: readonly string[] | null;

  @ResponseField({
    type: [String],
    nullable: true,
    example: ['production'],
    description: 'Environments that the operator is bound to; null: all',
  })
  readonly environments!: readonly string[] | null;

  @ResponseField({ example: true })
  readonly isActive!: boolean;

  @ResponseField({ example: 'REGISTRY_ADMIN_KEY', description: 'The operator who created it' })
  readonly createdBy!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: Date;
}

export class OperatorWithKeysResponse extends OperatorResponse {
  @ApiProperty({ type: [OperatorKeyResponse], description: 'Oldest first' })
  readonly keys!: readonly OperatorKeyResponse[];
}
