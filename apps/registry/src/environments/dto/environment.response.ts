import { HEALTH_STATUSES, STATUSES } from '#libs/domain/status.js';
import { ObservedField } from '#libs/responses/observed-field.decorator.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import { EnvironmentSecurityResponse, securityResponse } from './environment-security.response.js';

export class EnvironmentResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly id!: string;

  @ResponseField({ example: 'production' })
  readonly name!: string;

  @ResponseField({ type: String, nullable: true, example: 'Live traffic' })
  readonly description!: string | null;

  @ResponseField({ type: String, nullable: true, example: 'api.example.com' })
  readonly baseDomain!: string | null;

  @ResponseField({ enum: STATUSES })
  readonly status!: string;

  @ObservedField({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @ObservedField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly healthStatusChangedAt!: Date | null;

  @ObservedField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt!: Date | null;

  @ResponseField({ type: EnvironmentSecurityResponse, nullable: true }, securityResponse)
  readonly security!: EnvironmentSecurityResponse | null;

  @ResponseField({ type: String, nullable: true, example: 'Ask before you cancel an order.' })
  readonly customPrompt!: string | null;

  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly applicationId!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @ObservedField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: Date;
}
