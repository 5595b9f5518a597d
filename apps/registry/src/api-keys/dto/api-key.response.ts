import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import type { ApiKeyEntity } from '../api-key.entity.js';

/** An API key as everybody may see it: neither secret nor hash. */
export class ApiKeyResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13' })
  readonly id!: string;

  @ResponseField({ example: 'orders deployment' })
  readonly name!: string;

  @ResponseField({
    type: String,
    nullable: true,
    example: 'mcp_0f1e2d3c4b5a6978',
    description: 'How the key begins, to recognise it by; null for imported keys',
  })
  @Transform(({ obj }) => prefixOf(obj as Pick<ApiKeyEntity, 'selector'>))
  readonly prefix!: string | null;

  @ResponseField({ example: true })
  readonly isActive!: boolean;

  @ResponseField({ type: String, format: 'date-time', nullable: true, example: null })
  readonly expiresAt!: Date | null;

  @ResponseField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastUsedAt!: Date | null;

  @ResponseField({ type: String, format: 'date-time', nullable: true, example: null })
  readonly revokedAt!: Date | null;

  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly environmentId!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;
}

export class IssuedApiKeyResponse extends ApiKeyResponse {
  @ApiProperty({
    example: 'mcp_0f1e2d3c4b5a6978_4nVb0yZ1f5aXq2mJk8Lw3sRtUvWxYz0AbCdEfGhIjKl',
    description: 'The key itself, shown this once',
  })
  readonly apiKey!: string;
}

function prefixOf({ selector }: Pick<ApiKeyEntity, 'selector'>): string | null {
  return selector === null ? null : `mcp_${selector}`;
}
