import { ApiProperty } from '@nestjs/swagger';
import { HEALTH_STATUSES, STATUSES, TIME_EXAMPLE } from '#libs/validation/response-examples.js';
import { EnvironmentResponse } from '../../environments/dto/environment.response.js';
import type { ApplicationEntity } from '../application.entity.js';

export class ApplicationResponse {
  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly id: string;

  @ApiProperty({ example: 'Orders' })
  readonly name: string;

  @ApiProperty({ type: String, nullable: true, example: 'Takes and tracks orders' })
  readonly description: string | null;

  @ApiProperty({ example: 'orders' })
  readonly appKey: string;

  @ApiProperty({ enum: STATUSES })
  readonly status: string;

  @ApiProperty({ example: 'API_KEY' })
  readonly authenticationMethod: string;

  @ApiProperty({ type: String, nullable: true, example: '/actuator/health' })
  readonly healthCheckUrl: string | null;

  @ApiProperty({ enum: HEALTH_STATUSES })
  readonly healthStatus: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt: Date | null;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly consecutiveFailures: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses: number;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt: Date;

  constructor(application: ApplicationEntity) {
    this.id = application.id;
    this.name = application.name;
    this.description = application.description;
    this.appKey = application.appKey;
    this.status = application.status;
    this.authenticationMethod = application.authenticationMethod;
    this.healthCheckUrl = application.healthCheckUrl;
    this.healthStatus = application.healthStatus;
    this.lastHealthCheckAt = application.lastHealthCheckAt;
    this.consecutiveFailures = application.consecutiveFailures;
    this.consecutiveSuccesses = application.consecutiveSuccesses;
    this.createdAt = application.createdAt;
    this.updatedAt = application.updatedAt;
  }
}

export class ApplicationWithEnvironmentsResponse extends ApplicationResponse {
  @ApiProperty({ type: [EnvironmentResponse] })
  readonly environments: readonly EnvironmentResponse[];

  constructor(application: ApplicationEntity, environments: readonly EnvironmentResponse[]) {
    super(application);
    this.environments = environments;
  }
}
