import { ApiProperty } from '@nestjs/swagger';
import { HEALTH_STATUSES, STATUSES } from '#libs/domain/status.js';
import { ObservedField } from '#libs/responses/observed-field.decorator.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import { EnvironmentResponse } from '../../environments/dto/environment.response.js';
import { AppKeyAliasResponse } from './app-key-alias.response.js';

export class ApplicationResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly id!: string;

  @ResponseField({ example: 'Orders' })
  readonly name!: string;

  @ResponseField({ type: String, nullable: true, example: 'Takes and tracks orders' })
  readonly description!: string | null;

  @ResponseField({ example: 'orders' })
  readonly appKey!: string;

  @ResponseField({ enum: STATUSES })
  readonly status!: string;

  @ResponseField({ example: 'API_KEY' })
  readonly authenticationMethod!: string;

  @ResponseField({ type: String, nullable: true, example: 'orders-team@example.com' })
  readonly owner!: string | null;

  @ResponseField(
    {
      type: String,
      nullable: true,
      example: 'orders-team@example.com',
      description: 'The same as `owner`, as clients of other registries read it',
    },
    ({ owner }: ApplicationResponse) => owner,
  )
  readonly userId!: string | null;

  @ResponseField({ type: String, nullable: true, example: '/actuator/health' })
  readonly healthCheckUrl!: string | null;

  @ObservedField({ enum: HEALTH_STATUSES })
  readonly healthStatus!: string;

  @ObservedField({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt!: Date | null;

  @ObservedField({ type: 'integer', example: 0 })
  readonly consecutiveFailures!: number;

  @ObservedField({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses!: number;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @ObservedField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: Date;
}

export class ApplicationWithEnvironmentsResponse extends ApplicationResponse {
  @ApiProperty({ type: [EnvironmentResponse] })
  readonly environments!: readonly EnvironmentResponse[];
}

export class SingleApplicationResponse extends ApplicationWithEnvironmentsResponse {
  @ApiProperty({
    type: [AppKeyAliasResponse],
    description: 'App keys that it had before and that still name it, those that end first coming first',
  })
  readonly formerAppKeys!: readonly AppKeyAliasResponse[];
}
