import { ApiProperty } from '@nestjs/swagger';
import { HEALTH_STATUSES, STATUSES, TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { Shown } from '#libs/responses/shown.decorator.js';
import { EnvironmentResponse } from '../../environments/dto/environment.response.js';

export class ApplicationResponse {
  @Shown({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly id!: string;

  @Shown({ example: 'Orders' })
  readonly name!: string;

  @Shown({ type: String, nullable: true, example: 'Takes and tracks orders' })
  readonly description!: string | null;

  @Shown({ example: 'orders' })
  readonly appKey!: string;

  @Shown({ enum: STATUSES })
  readonly status!: string;

  @Shown({ example: 'API_KEY' })
  readonly authenticationMethod!: string;

  @Shown({ type: String, nullable: true, example: '/actuator/health' })
  readonly healthCheckUrl!: string | null;

  @Shown({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @Shown({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt!: Date | null;

  @Shown({ type: 'integer', example: 0 })
  readonly consecutiveFailures!: number;

  @Shown({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses!: number;

  @Shown({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @Shown({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: Date;
}

export class ApplicationWithEnvironmentsResponse extends ApplicationResponse {
  @ApiProperty({ type: [EnvironmentResponse] })
  readonly environments!: readonly EnvironmentResponse[];
}
