import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseModule } from '#libs/database/database.module.js';
import { EgressModule } from '#libs/egress/egress.module.js';
import { Metrics, NO_METRICS } from '#libs/metrics/metrics.js';
import { NO_TRACING, Tracing } from '#libs/tracing/tracing.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { entities } from '../entities.js';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { HistoryImportModule } from '../health/history/history-import.module.js';
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
  exports: [AppConfig, Metrics, Tracing],
})
export class ImportsModule {
  /** @param databaseUrl of a migrated database */
  static register(config: AppConfig, databaseUrl: string): DynamicModule {
    const { maxConnections, directUrl } = config.database;
    return {
      module: ImportsModule,
      imports: [
        DatabaseModule.register({
          url: databaseUrl,
          directUrl: directUrl ?? databaseUrl,
          maxConnections,
          behindPooler: directUrl !== undefined,
          entities,
        }),
        EgressModule.register({
          settings: config.egress,
          timeoutMs: config.healthChecks.timeoutSeconds * 1000,
        }),
      ],
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: Metrics, useValue: NO_METRICS },
        { provide: Tracing, useValue: NO_TRACING },
      ],
    };
  }
}
