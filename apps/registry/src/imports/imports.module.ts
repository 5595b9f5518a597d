import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from '#libs/config/app-config.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { HistoryImportModule } from '../health/history/history-import.module.js';
import { infrastructure, INFRASTRUCTURE } from '../infrastructure.js';
import { UNOBSERVED } from '../observability.js';
import { ImportsService } from './imports.service.js';

/** The features as an import needs them: a process of its own without HTTP, schedules and probes. */
@Global()
@Module({
  imports: [
    AuditModule,
    ApplicationsModule,
    EnvironmentsModule,
    EndpointsModule,
    ApiKeysModule,
    HistoryImportModule,
  ],
  providers: [ImportsService],
  exports: INFRASTRUCTURE,
})
export class ImportsModule {
  /** @param databaseUrl of a migrated database */
  static register(config: AppConfig, databaseUrl: string): DynamicModule {
    return { module: ImportsModule, ...infrastructure(config, databaseUrl, UNOBSERVED) };
  }
}
