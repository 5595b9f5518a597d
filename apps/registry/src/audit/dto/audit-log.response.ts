import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import type { ValueDigest } from '../bounded-values.js';

const nullableText = (example: string | null, description?: string): PropertyDecorator =>
  ResponseField({ type: String, nullable: true, example, description });

/** Documentation of `before` and `after`. */
const values = (description: string, example: object): PropertyDecorator =>
  ApiProperty({
    description,
    anyOf: [
      { type: 'object', additionalProperties: true, nullable: true },
      { $ref: getSchemaPath(ValueDigestResponse) },
    ],
    example,
  });

/** In place of a value that is too large for an entry. */
class ValueDigestResponse implements ValueDigest {
  @ApiProperty({ enum: [true] })
  readonly truncated!: true;

  @ApiProperty({ description: 'SHA-256 of the exact JSON text (UTF-8), in hexadecimal digits' })
  readonly sha256!: string;

  @ApiProperty({ type: 'integer', description: 'Length of the JSON text (UTF-8)' })
  readonly bytes!: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { added: 2, updated: 4900 },
    description: 'How many members its properties have; absent in entries of earlier versions',
  })
  readonly counts?: Readonly<Record<string, number>>;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    example: { added: ['GET /orders', 'POST /orders'], updated: ['GET /orders/{id}'] },
    description: 'The names of these members, such as operations, as many as fit',
  })
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

@ApiExtraModels(ValueDigestResponse)
export class AuditLogResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f14' })
  readonly id!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @ResponseField({ example: 'application.updated' })
  readonly action!: string;

  @ResponseField({
    example: 'admin',
    description:
      '`admin`, `application`, `registry` by itself, `cli` for the command line, `imported` when the entry itself comes from another registry, or `anonymous` for refused credentials',
  })
  readonly actor!: string;

  @nullableText(null, 'The API key that was used, or recognised and refused')
  readonly apiKeyId!: string | null;

  @nullableText(
    '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f16',
    'The operator who did it, or was recognised and refused',
  )
  readonly operatorId!: string | null;

  @nullableText(
    'ann',
    'The name of the operator at that time; `REGISTRY_ADMIN_KEY` without an id where that key was used',
  )
  readonly operatorName!: string | null;

  @nullableText('api', 'By which way: `api`, `cli` or `console`; null for what the registry does by itself')
  readonly via!: string | null;

  @nullableText(null, 'The session of the operator, where there was one')
  readonly sessionId!: string | null;

  @nullableText('orders')
  readonly appKey!: string | null;

  @nullableText('0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11')
  readonly applicationId!: string | null;

  @nullableText(null)
  readonly environment!: string | null;

  @nullableText(null)
  readonly environmentId!: string | null;

  @ResponseField({
    example: 'application',
    description:
      '`route` of refused credentials; `overflow` for further refusals of any number of callers, which the entry does not name',
  })
  readonly resourceType!: string;

  @nullableText('0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11')
  readonly resourceId!: string | null;

  @values('What was changed, before; a digest when both values together exceed 64 KiB', { name: 'Orders' })
  readonly before!: unknown;

  @values('The same after the change; a digest when both values together exceed 64 KiB', {
    name: 'Orders and returns',
  })
  readonly after!: unknown;

  @nullableText(null, 'Why credentials were refused')
  readonly reason!: string | null;

  @ResponseField({
    type: 'integer',
    example: 1,
    description: 'How many refusals the entry stands for; it says only what they share',
  })
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

/** A line of an export. */
export class ExportedAuditLogResponse extends AuditLogResponse {
  @ResponseField({
    example: 'eyJhdCI6IjIwMjYtMTEtMjdUMTA6MDA6MDAuMDAwWiJ9',
    description: 'Continues the export after this entry: the query parameter `cursor`',
  })
  readonly cursor!: string;
}
