import { ApiProperty } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/validation/response-examples.js';
import type { ApiKeyEntity } from '../api-key.entity.js';

/** An API key as everybody may see it: neither secret nor hash. */
export class ApiKeyResponse {
  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13' })
  readonly id: string;

  @ApiProperty({ example: 'orders deployment' })
  readonly name: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'mcp_0f1e2d3c4b5a6978',
    description: 'How the key begins, to recognise it by; null for imported keys',
  })
  readonly prefix: string | null;

  @ApiProperty({ example: true })
  readonly isActive: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  readonly expiresAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastUsedAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  readonly revokedAt: Date | null;

  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly environmentId: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt: Date;

  constructor(key: ApiKeyEntity) {
    this.id = key.id;
    this.name = key.name;
    this.prefix = key.selector === null ? null : `mcp_${key.selector}`;
    this.isActive = key.isActive;
    this.expiresAt = key.expiresAt;
    this.lastUsedAt = key.lastUsedAt;
    this.revokedAt = key.revokedAt;
    this.environmentId = key.environmentId;
    this.createdAt = key.createdAt;
  }
}

export class IssuedApiKeyResponse extends ApiKeyResponse {
  @ApiProperty({
    example: 'mcp_0f1e2d3c4b5a6978_4nVb0yZ1f5aXq2mJk8Lw3sRtUvWxYz0AbCdEfGhIjKl',
    description: 'The key itself, shown this once',
  })
  readonly apiKey: string;

  constructor(key: ApiKeyEntity, apiKey: string) {
    super(key);
    this.apiKey = apiKey;
  }
}
