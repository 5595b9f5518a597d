import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from '#libs/config/app-config.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EndpointSetModule } from '../discovery/endpoint-set.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { INFRASTRUCTURE, infrastructure } from '../infrastructure.js';
import { MonitoringImportModule } from '../monitoring/monitoring-import.module.js';
import { NO_OBSERVABILITY } from '../observability/start-observability.js';
import { EnvironmentImports } from './environment-imports.js';
import { ImportsService } from './imports.service.js';
import { SourceChecks } from './source-checks.js';

/** The features for an import: without HTTP, schedules and probes. */
@Global()
@Module({
  imports: [
    AuditModule,
    ApplicationsModule,
    EnvironmentsModule,
    EndpointsModule,
    EndpointSetModule,
    ApiKeysModule,
    MonitoringImportModule,
  ],
  providers: [ImportsService, EnvironmentImports, SourceChecks],
  exports: INFRASTRUCTURE,
})
export class ImportsModule {
  /** @param databaseUrl of a migrated database */
  static register(config: AppConfig, databaseUrl: string): DynamicModule {
    return { module: ImportsModule, ...infrastructure(config, databaseUrl, NO_OBSERVABILITY) };
  }
}
