import { ApiProperty } from '@nestjs/swagger';
import { HEALTH_STATUSES } from '#libs/domain/status.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';

const share = (example: number): PropertyDecorator =>
  ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 1, example });

class UptimeResponse {
  @share(0.996528)
  readonly last24Hours!: number | null;

  @share(0.999504)
  readonly last7Days!: number | null;

  @share(0.999884)
  readonly last30Days!: number | null;

  @share(0.999961)
  readonly last90Days!: number | null;
}

const uptime = (): PropertyDecorator =>
  ApiProperty({
    type: UptimeResponse,
    description: 'Share of health checks that succeeded, 0 to 1; null without any. Errors do not count.',
  });

const responseTimeP95 = (): PropertyDecorator =>
  ApiProperty({
    type: Number,
    nullable: true,
    example: 0.085,
    description: '95th percentile of the last 24 hours, in seconds',
  });

export class EnvironmentHealthResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly id!: string;

  @ResponseField({ example: 'production' })
  readonly name!: string;

  @ResponseField({ type: String, nullable: true, example: 'orders.example.com' })
  readonly baseDomain!: string | null;

  @ResponseField({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @ResponseField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly healthStatusChangedAt!: Date | null;

  @ResponseField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt!: Date | null;

  @ResponseField({ type: 'integer', example: 0 })
  readonly consecutiveFailures!: number;

  @ResponseField({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses!: number;

  @uptime()
  readonly uptime!: UptimeResponse;

  @responseTimeP95()
  readonly responseTimeP95!: number | null;
}

export class ApplicationHealthResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly id!: string;

  @ResponseField({ example: 'Orders' })
  readonly name!: string;

  @ResponseField({ example: 'orders' })
  readonly appKey!: string;

  @ResponseField({ type: String, nullable: true, example: '/actuator/health' })
  readonly healthCheckUrl!: string | null;

  @ResponseField({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @ResponseField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt!: Date | null;

  @ResponseField({ type: 'integer', example: 0 })
  readonly consecutiveFailures!: number;

  @ResponseField({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses!: number;

  @uptime()
  readonly uptime!: UptimeResponse;

  @responseTimeP95()
  readonly responseTimeP95!: number | null;

  @ApiProperty({ type: [EnvironmentHealthResponse] })
  readonly environments!: readonly EnvironmentHealthResponse[];
}
