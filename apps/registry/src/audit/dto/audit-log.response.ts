import { ApiProperty } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { Shown } from '#libs/responses/shown.decorator.js';

const nullableText = (example: string | null, description?: string): PropertyDecorator =>
  Shown({ type: String, nullable: true, example, description });

export class AuditLogResponse {
  @Shown({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f14' })
  readonly id!: string;

  @Shown({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @Shown({ example: 'application.updated' })
  readonly action!: string;

  @Shown({
    example: 'admin',
    description:
      '`admin`, `application`, `registry` by itself, `cli` for the command line, `imported` when the entry itself comes from another registry, or `anonymous` for refused credentials',
  })
  readonly actor!: string;

  @nullableText(null, 'The API key that was used, or recognised and refused')
  readonly apiKeyId!: string | null;

  @nullableText('orders')
  readonly appKey!: string | null;

  @nullableText('0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11')
  readonly applicationId!: string | null;

  @nullableText(null)
  readonly environment!: string | null;

  @nullableText(null)
  readonly environmentId!: string | null;

  @Shown({ example: 'application' })
  readonly resourceType!: string;

  @nullableText('0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11')
  readonly resourceId!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: { name: 'Orders' } })
  readonly before!: unknown;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { name: 'Orders and returns' },
  })
  readonly after!: unknown;

  @nullableText(null, 'Why credentials were refused')
  readonly reason!: string | null;

  @Shown({ type: 'integer', example: 1, description: 'How many equal refusals the entry stands for' })
  readonly occurrences!: number;

  @nullableText('192.0.2.10', 'Of the client that a trusted proxy names, otherwise of the connection')
  readonly ipAddress!: string | null;

  @nullableText('curl/8.5.0')
  readonly userAgent!: string | null;

  @nullableText(
    '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f15',
    'The `X-Request-Id` of the request, which its caller may choose: it relates entries to logs and proves nothing. Several requests may have the same.',
  )
  readonly requestId!: string | null;
}
