import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessGuard } from '#libs/access/access.guard.js';
import { AdminKeyGuard } from '#libs/access/admin-key.guard.js';
import { ApiKeyGuard } from '#libs/access/api-key.guard.js';
import { AppKeyGuard } from '#libs/access/app-key.guard.js';
import { Authentications } from '#libs/access/authentications.js';
import { CredentialsRefusedFilter } from '#libs/access/credentials-refused.filter.js';
import { AnswerInterceptor } from '#libs/answers/answer.interceptor.js';
import type { AppConfig } from '#libs/config/app-config.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { ListingInterceptor } from '#libs/pagination/listing.interceptor.js';
import { ProblemFilter } from '#libs/problem-details/problem.filter.js';
import { InputValidationPipe } from '#libs/validation/input-validation.pipe.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { AuditModule } from './audit/audit.module.js';
import { DiscoveryModule } from './discovery/discovery.module.js';
import { EndpointsModule } from './endpoints/endpoints.module.js';
import { EnvironmentsModule } from './environments/environments.module.js';
import { HealthModule } from './health/health.module.js';
import { infrastructure, INFRASTRUCTURE } from './infrastructure.js';
import type { Observability } from './observability.js';
import { UndeclaredMethods } from './undeclared-methods.js';

/** The table of contents: the features, and what every request passes on its way to them. */
@Global()
@Module({
  imports: [
    ScheduleModule.forRoot(),
    AuditModule,
    ApplicationsModule,
    EnvironmentsModule,
    EndpointsModule,
    DiscoveryModule,
    ApiKeysModule,
    HealthModule,
  ],
  providers: [
    AdminKeyGuard,
    AppKeyGuard,
    ApiKeyGuard,
    Authentications,
    UndeclaredMethods,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_PIPE, useClass: InputValidationPipe },
    { provide: APP_INTERCEPTOR, useClass: ListingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    { provide: APP_FILTER, useFactory: () => new ProblemFilter(translateDatabaseError) },
    { provide: APP_FILTER, useClass: CredentialsRefusedFilter },
  ],
  exports: INFRASTRUCTURE,
})
export class AppModule {
  /** @param databaseUrl of a migrated database */
  static register(config: AppConfig, databaseUrl: string, observability: Observability): DynamicModule {
    return { module: AppModule, ...infrastructure(config, databaseUrl, observability) };
  }
}
