import { ApiProperty } from '@nestjs/swagger';
import { HEALTH_STATUSES } from '#libs/domain/status.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { CHECK_WORDS } from '../check-status.js';

/** Result of the check of one target, and its health now. */
export class TargetCheckResponse {
  @ApiProperty({
    type: String,
    nullable: true,
    example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12',
    description: 'null: the application itself',
  })
  readonly environmentId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'production' })
  readonly environment!: string | null;

  @ApiProperty({ example: 'https://api.example.com/actuator/health' })
  readonly url!: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly checkedAt!: Date;

  @ApiProperty({
    enum: CHECK_WORDS,
    description: 'success: 2xx. failure: anything else that came of asking. error: it was not asked.',
  })
  readonly status!: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 200 })
  readonly statusCode!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 0.042, description: 'In seconds' })
  readonly responseTime!: number | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it was no success' })
  readonly message!: string | null;

  @ApiProperty({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly consecutiveFailures!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses!: number;
}

export class HealthCheckResponse {
  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly id!: string;

  @ApiProperty({ example: 'orders' })
  readonly appKey!: string;

  @ApiProperty({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @ApiProperty({
    type: [TargetCheckResponse],
    description: 'The application itself first, then its environments; empty when there is nothing to probe',
  })
  readonly checks!: readonly TargetCheckResponse[];
}
