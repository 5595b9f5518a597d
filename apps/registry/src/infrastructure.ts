import type { ModuleMetadata } from '@nestjs/common';
import { AppKeyAliases } from '#libs/app-keys/app-key-aliases.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseModule } from '#libs/database/database.module.js';
import { EgressModule } from '#libs/egress/egress.module.js';
import { Preconditions } from '#libs/entity-tags/preconditions.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { Tracing } from '#libs/tracing/tracing.js';
import { entities } from './entities.js';
import type { Observability } from './observability/start-observability.js';

/** What the features stand on, whichever program they run in: configuration, database, the way out, and who watches. */
export const INFRASTRUCTURE = [AppConfig, Metrics, Tracing, Preconditions, AppKeyAliases];

/** @param databaseUrl of a migrated database */
export function infrastructure(
  config: AppConfig,
  databaseUrl: string,
  { metrics, tracing }: Pick<Observability, 'metrics' | 'tracing'>,
): Required<Pick<ModuleMetadata, 'imports' | 'providers'>> {
  const { maxConnections, directUrl } = config.database;
  return {
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
      { provide: Metrics, useValue: metrics },
      { provide: Tracing, useValue: tracing },
      Preconditions,
      AppKeyAliases,
    ],
  };
}
