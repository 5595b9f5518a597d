import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { AppKeyAliasEntity } from './applications/app-key-alias.entity.js';
import { ApplicationEntity } from './applications/application.entity.js';
import { AuditLogEntity } from './audit/audit-log.entity.js';
import { AuditUsageEntity } from './audit/audit-usage.entity.js';
import { AuditAnchorEntity } from './audit/chain/audit-anchor.entity.js';
import { AuditHeadEntity } from './audit/chain/audit-head.entity.js';
import { AuditSealEntity } from './audit/chain/audit-seal.entity.js';
import { DefinitionEntity } from './endpoints/definition.entity.js';
import { EndpointEntity } from './endpoints/endpoint.entity.js';
import { EnvironmentEntity } from './environments/environment.entity.js';
import { HealthCheckLogEntity } from './monitoring/history/health-check-log.entity.js';
import { HealthCheckLogArchiveEntity } from './monitoring/history/health-check-log-archive.entity.js';
import { HealthCheckRollupEntity } from './monitoring/history/health-check-rollup.entity.js';
import { HealthTargetEntity } from './monitoring/probe/health-target.entity.js';
import { OperatorEntity } from './operators/operator.entity.js';
import { OperatorKeyEntity } from './operators/operator-key.entity.js';
import { SessionEntity } from './sessions/session.entity.js';
import { SignInCodeEntity } from './sessions/sign-in-code.entity.js';

/** Every table the service maps. */
export const entities = [
  ApplicationEntity,
  AppKeyAliasEntity,
  EnvironmentEntity,
  EndpointEntity,
  DefinitionEntity,
  ApiKeyEntity,
  OperatorEntity,
  OperatorKeyEntity,
  SessionEntity,
  SignInCodeEntity,
  AuditLogEntity,
  AuditUsageEntity,
  AuditSealEntity,
  AuditHeadEntity,
  AuditAnchorEntity,
  HealthTargetEntity,
  HealthCheckLogEntity,
  HealthCheckLogArchiveEntity,
  HealthCheckRollupEntity,
];
