import { HEALTH_STATUSES, STATUSES, TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { Shown } from '#libs/responses/shown.decorator.js';

export class EnvironmentResponse {
  @Shown({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly id!: string;

  @Shown({ example: 'production' })
  readonly name!: string;

  @Shown({ type: String, nullable: true, example: 'Live traffic' })
  readonly description!: string | null;

  @Shown({ type: String, nullable: true, example: 'api.example.com' })
  readonly baseDomain!: string | null;

  @Shown({ enum: STATUSES })
  readonly status!: string;

  @Shown({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @Shown({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly healthStatusChangedAt!: Date | null;

  @Shown({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt!: Date | null;

  @Shown({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly applicationId!: string;

  @Shown({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @Shown({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: Date;
}
