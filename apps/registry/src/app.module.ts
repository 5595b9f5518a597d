import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessGuard } from '#libs/access/access.guard.js';
import { AdminKeyGuard } from '#libs/access/admin-key.guard.js';
import { Admission } from '#libs/access/admission.js';
import { ApiKeyGuard } from '#libs/access/api-key.guard.js';
import { AppKeyGuard } from '#libs/access/app-key.guard.js';
import { ApplicationQuotas } from '#libs/access/application-quotas.js';
import { AuthMetrics } from '#libs/access/auth-metrics.js';
import { CallerAuthority } from '#libs/access/caller-authority.js';
import { ClientCertificates, NO_CLIENT_CERTIFICATES } from '#libs/access/client-certificates.js';
import { CredentialsHook } from '#libs/access/credentials.hook.js';
import { CredentialsRefusedFilter } from '#libs/access/credentials-refused.filter.js';
import { OperatorGuard } from '#libs/access/operator.guard.js';
import { RequestedAppKeys } from '#libs/access/requested-app-keys.js';
import type { AppConfig } from '#libs/config/app-config.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { DatabaseJobsModule } from '#libs/database/database-jobs.module.js';
import { PreconditionsInterceptor } from '#libs/entity-tags/preconditions.interceptor.js';
import { TaggedResponseInterceptor } from '#libs/entity-tags/tagged-response.interceptor.js';
import { CachedResponseInterceptor } from '#libs/http-cache/cached-response.interceptor.js';
import { ListingInterceptor } from '#libs/pagination/listing.interceptor.js';
import { ProblemFilter } from '#libs/problem-details/problem.filter.js';
import { InputValidationPipe } from '#libs/validation/input-validation.pipe.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { ApiKeysJobsModule } from './api-keys/api-keys-jobs.module.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { ApplicationsJobsModule } from './applications/applications-jobs.module.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { AuditModule } from './audit/audit.module.js';
import { AuditJobsModule } from './audit/audit-jobs.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { ConsoleModule } from './console/console.module.js';
import { DiscoveryModule } from './discovery/discovery.module.js';
import { EndpointsModule } from './endpoints/endpoints.module.js';
import { EnvironmentsModule } from './environments/environments.module.js';
import { EventsModule } from './events/events.module.js';
import { EventsJobsModule } from './events/events-jobs.module.js';
import { HealthModule } from './health/health.module.js';
import { MethodNotAllowedRoutes } from './http/method-not-allowed.js';
import type { ListenerTls } from './http/tls/listener-tls.js';
import { TlsJobsModule } from './http/tls/tls-jobs.module.js';
import { INFRASTRUCTURE, infrastructure } from './infrastructure.js';
import { McpModule } from './mcp/mcp.module.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';
import { MonitoringJobsModule } from './monitoring/monitoring-jobs.module.js';
import type { Observability } from './observability/start-observability.js';
import { OperatorsModule } from './operators/operators.module.js';
import { OperatorsJobsModule } from './operators/operators-jobs.module.js';
import { OverviewModule } from './overview/overview.module.js';
import { SearchModule } from './search/search.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SessionsJobsModule } from './sessions/sessions-jobs.module.js';

/** The table of contents: the features, their background jobs, and what every request passes on its way to them. */
@Global()
@Module({
  imports: [
    ScheduleModule.forRoot(),
    AuditModule,
    ApplicationsModule,
    EnvironmentsModule,
    EndpointsModule,
    DiscoveryModule,
    SearchModule,
    OverviewModule,
    EventsModule,
    ConsoleModule,
    McpModule,
    CatalogModule,
    ApiKeysModule,
    OperatorsModule,
    SessionsModule,
    HealthModule,
    MonitoringModule,
    DatabaseJobsModule,
    AuditJobsModule,
    ApplicationsJobsModule,
    ApiKeysJobsModule,
    OperatorsJobsModule,
    SessionsJobsModule,
    MonitoringJobsModule,
    EventsJobsModule,
  ],
  providers: [
    AdminKeyGuard,
    AppKeyGuard,
    ApiKeyGuard,
    OperatorGuard,
    RequestedAppKeys,
    AuthMetrics,
    Admission,
    ApplicationQuotas,
    CredentialsHook,
    MethodNotAllowedRoutes,
    CallerAuthority,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_PIPE, useClass: InputValidationPipe },
    { provide: APP_INTERCEPTOR, useClass: ListingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: CachedResponseInterceptor },
    { provide: APP_INTERCEPTOR, useClass: TaggedResponseInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
    { provide: APP_INTERCEPTOR, useClass: PreconditionsInterceptor },
    { provide: APP_FILTER, useFactory: () => new ProblemFilter(translateDatabaseError) },
    { provide: APP_FILTER, useClass: CredentialsRefusedFilter },
  ],
  exports: [...INFRASTRUCTURE, AdminKeyGuard, OperatorGuard, ClientCertificates],
})
export class AppModule {
  /**
   * @param databaseUrl of a migrated database
   * @param tls of the listener, where it speaks HTTPS
   */
  static register(
    config: AppConfig,
    databaseUrl: string,
    observability: Observability,
    tls?: ListenerTls,
  ): DynamicModule {
    const { imports, providers } = infrastructure(config, databaseUrl, observability);
    return {
      module: AppModule,
      imports: tls === undefined ? imports : [...imports, TlsJobsModule.register(tls)],
      providers: [...providers, { provide: ClientCertificates, useValue: tls ?? NO_CLIENT_CERTIFICATES }],
    };
  }
}
