import { ApiProperty } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import type { EnvironmentEntity } from '../environment.entity.js';

/** Where a vault keeps the credentials for an environment: a pointer, never a secret. */
export class EnvironmentSecurityResponse {
  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f19' })
  readonly id!: string;

  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly environmentId!: string;

  @ApiProperty({ example: true })
  readonly rateLimitEnabled!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, example: 100, description: 'Calls in each window' })
  readonly rateLimitRequests!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 60, description: 'Seconds' })
  readonly rateLimitWindow!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'vault://orders/production' })
  readonly vaultKey!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: string;
}

/** The pointer of an environment as answers have it. */
export function securityResponse({
  id: environmentId,
  security,
}: Pick<EnvironmentEntity, 'id' | 'security'>): EnvironmentSecurityResponse | null {
  if (security === null) return null;
  const { id, rateLimitEnabled, rateLimitRequests, rateLimitWindow, vaultKey, createdAt, updatedAt } =
    security;
  return {
    id,
    environmentId,
    rateLimitEnabled,
    rateLimitRequests,
    rateLimitWindow,
    vaultKey,
    createdAt,
    updatedAt,
  };
}
