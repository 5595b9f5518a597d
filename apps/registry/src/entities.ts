import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { ApplicationEntity } from './applications/application.entity.js';
import { AuditLogEntity } from './audit/audit-log.entity.js';
import { EndpointEntity } from './endpoints/endpoint.entity.js';
import { EnvironmentEntity } from './environments/environment.entity.js';
import { HealthTargetEntity } from './health/probe/health-target.entity.js';

/** Every table the service maps. */
export const entities = [
  ApplicationEntity,
  EnvironmentEntity,
  EndpointEntity,
  ApiKeyEntity,
  AuditLogEntity,
  HealthTargetEntity,
];
