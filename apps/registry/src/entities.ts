import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { ApplicationEntity } from './applications/application.entity.js';
import { AuditLogEntity } from './audit/audit-log.entity.js';
import { AuditUsageEntity } from './audit/audit-usage.entity.js';
import { EndpointEntity } from './endpoints/endpoint.entity.js';
import { EnvironmentEntity } from './environments/environment.entity.js';
import { HealthCheckLogArchiveEntity } from './health/history/health-check-log-archive.entity.js';
import { HealthCheckLogEntity } from './health/history/health-check-log.entity.js';
import { HealthCheckRollupEntity } from './health/history/health-check-rollup.entity.js';
import { HealthTargetEntity } from './health/probe/health-target.entity.js';

/** Every table the service maps. */
export const entities = [
  ApplicationEntity,
  EnvironmentEntity,
  EndpointEntity,
  ApiKeyEntity,
  AuditLogEntity,
  AuditUsageEntity,
  HealthTargetEntity,
  HealthCheckLogEntity,
  HealthCheckLogArchiveEntity,
  HealthCheckRollupEntity,
];
