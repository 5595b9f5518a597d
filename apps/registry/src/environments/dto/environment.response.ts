import { ApiProperty } from '@nestjs/swagger';
import { HEALTH_STATUSES, STATUSES, TIME_EXAMPLE } from '#libs/validation/response-examples.js';
import type { EnvironmentEntity } from '../environment.entity.js';

export class EnvironmentResponse {
  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly id: string;

  @ApiProperty({ example: 'production' })
  readonly name: string;

  @ApiProperty({ type: String, nullable: true, example: 'Live traffic' })
  readonly description: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'api.example.com' })
  readonly baseDomain: string | null;

  @ApiProperty({ enum: STATUSES })
  readonly status: string;

  @ApiProperty({ enum: HEALTH_STATUSES })
  readonly healthStatus: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly healthStatusChangedAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly lastHealthCheckAt: Date | null;

  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly applicationId: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt: Date;

  constructor(environment: EnvironmentEntity) {
    this.id = environment.id;
    this.name = environment.name;
    this.description = environment.description;
    this.baseDomain = environment.baseDomain;
    this.status = environment.status;
    this.healthStatus = environment.healthStatus;
    this.healthStatusChangedAt = environment.healthStatusChangedAt;
    this.lastHealthCheckAt = environment.lastHealthCheckAt;
    this.applicationId = environment.applicationId;
    this.createdAt = environment.createdAt;
    this.updatedAt = environment.updatedAt;
  }
}
