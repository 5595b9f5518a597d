import { ApiProperty } from '@nestjs/swagger';
import { OPERATOR_ROLES, type OperatorRole } from '#libs/domain/operator.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';

/** Who calls. */
export class SessionResponse {
  @ApiProperty({ example: 'ann', description: '`REGISTRY_ADMIN_KEY` for that key' })
  readonly operator!: string;

  @ApiProperty({ enum: OPERATOR_ROLES, example: 'editor' })
  readonly role!: OperatorRole;

  @ApiProperty({ type: [String], nullable: true, example: null })
  readonly applications!: readonly string[] | null;

  @ApiProperty({ type: [String], nullable: true, example: null })
  readonly environments!: readonly string[] | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: TIME_EXAMPLE,
    description: 'When the session ends at the latest; null: the call is by a key, outside a session',
  })
  readonly expiresAt!: Date | null;
}

export class SignInCodeResponse {
  @ApiProperty({
    example: '4nVb0yZ1f5aXq2mJk8Lw3sRtUvWxYz0AbCdEfGhIjKl',
    description: 'The code itself, shown this once',
  })
  readonly code!: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly expiresAt!: Date;
}

/** A session of an operator, as those who manage operators see it. */
export class OperatorSessionResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f18' })
  readonly id!: string;

  @ResponseField({ type: String, nullable: true, example: '192.0.2.7' })
  readonly ipAddress!: string | null;

  @ResponseField({ type: String, nullable: true, example: 'Mozilla/5.0' })
  readonly userAgent!: string | null;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly lastSeenAt!: Date;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly expiresAt!: Date;
}
