import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { ApplicationNotFound, EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import { assertValid } from '#libs/problem-details/invalid-input.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { DAY_MS } from '#libs/units/durations.js';
import { checkStatusOf, checkWordOf } from './check-status.js';
import { ApplicationHealthResponse, EnvironmentHealthResponse } from './dto/application-health.response.js';
import {
  DEFAULT_LIMIT,
  type HealthCheckLogQuery,
  type HealthHistoryQuery,
  MOST_DAYS,
  MOST_POINTS,
} from './dto/health-check.query.js';
import { HealthCheckLogResponse } from './dto/health-check-log.response.js';
import { HealthHistoryPointResponse } from './dto/health-history.response.js';
import { HealthChecksRepository, type MonitoredApplication } from './health-checks.repository.js';
import { Availabilities, uptimeOf, windowsAt } from './history/availability.js';
import { HealthCheckLogRepository } from './history/health-check-log.repository.js';
import { HealthFiguresRepository } from './history/health-figures.repository.js';

const LENGTH_MS = { hour: DAY_MS / 24, day: DAY_MS };
const DEFAULT_DAYS = { hour: 1, day: 30 };

/** What the health checks of an application have shown: now, one by one, and over time. */
@Injectable()
export class HealthChecksService {
  constructor(
    private readonly watched: HealthChecksRepository,
    private readonly log: HealthCheckLogRepository,
    private readonly figures: HealthFiguresRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** As an operator of these bindings sees it. @throws ApplicationNotFound */
  async application(idOrAppKey: string, bindings: Bindings): Promise<ApplicationHealthResponse> {
    const application = await this.find(idOrAppKey, bindings);
    const environments = await this.watched.environments(application.id, bindings);
    const ids = environments.map(({ id }) => id);
    const counted = new Availabilities(
      await this.figures.availability([application.id, ...ids], windowsAt(this.clock.now())),
    );
    const isTarget =
      bindings.environments === null &&
      application.healthCheckUrl !== null &&
      !application.healthCheckUrl.startsWith('/');
    const own = isTarget ? counted.of(application.id) : counted.worstOf(ids);
    return toResponse(ApplicationHealthResponse, application, {
      ...own,
      environments: environments.map((environment) =>
        toResponse(EnvironmentHealthResponse, environment, counted.of(environment.id)),
      ),
    });
  }

  /** @throws ApplicationNotFound, EnvironmentNotFound */
  async logs(
    idOrAppKey: string,
    query: HealthCheckLogQuery,
    bindings: Bindings,
  ): Promise<Listing<HealthCheckLogResponse>> {
    const { environment_id: environmentId, status, cursor, limit = DEFAULT_LIMIT } = query;
    const targets = await this.targets(idOrAppKey, environmentId, bindings);
    return listing(
      { limit, cursor },
      async (after, count) =>
        (await this.log.list(targets, status && checkStatusOf(status), after, count)).map((record) => ({
          ...record,
          createdAt: record.checkedAt,
          id: record.targetId,
        })),
      (record) =>
        toResponse(HealthCheckLogResponse, {
          ...record,
          id: `${record.targetId}-${record.checkedAt.getTime()}`,
          status: checkWordOf(record.status),
        }),
    );
  }

  /** @throws ApplicationNotFound, EnvironmentNotFound, InvalidInput when that would be too many points */
  async history(
    idOrAppKey: string,
    query: HealthHistoryQuery,
    bindings: Bindings,
  ): Promise<HealthHistoryPointResponse[]> {
    const { environment_id: environmentId, resolution = 'hour', to = this.clock.now() } = query;
    const length = LENGTH_MS[resolution];
    const since = query.from ?? new Date(to.getTime() - DEFAULT_DAYS[resolution] * DAY_MS);
    const from = new Date(Math.floor(since.getTime() / length) * length);
    const targets = await this.targets(idOrAppKey, environmentId, bindings);
    refuseTooMany((to.getTime() - from.getTime()) / length, targets.length, length);
    const points = await this.figures.points(targets, resolution, from, to);
    return points.map((point) =>
      toResponse(HealthHistoryPointResponse, { ...point, uptime: uptimeOf(point) }),
    );
  }

  private async find(idOrAppKey: string, bindings: Bindings): Promise<MonitoredApplication> {
    const application = await this.watched.application(idOrAppKey, bindings);
    if (application === undefined) throw new ApplicationNotFound(idOrAppKey);
    return application;
  }

  /** The targets asked about: one environment, or the application's own URL and all its environments. */
  private async targets(
    idOrAppKey: string,
    environmentId: string | undefined,
    bindings: Bindings,
  ): Promise<string[]> {
    const application = await this.find(idOrAppKey, bindings);
    const environments = (await this.watched.environments(application.id, bindings)).map(({ id }) => id);
    if (environmentId === undefined) {
      return bindings.environments === null ? [application.id, ...environments] : environments;
    }
    if (environments.includes(environmentId)) return [environmentId];
    throw new EnvironmentNotFound(application.appKey, environmentId);
  }
}

function refuseTooMany(points: number, targets: number, length: number): void {
  if (points * length > MOST_DAYS * DAY_MS + length) {
    assertValid([{ pointer: '#/from', detail: `must be at most ${MOST_DAYS} days before the end` }]);
  }
  if (Math.ceil(points) * targets > MOST_POINTS) {
    assertValid([
      {
        pointer: '#/from',
        detail: `asks for up to ${Math.ceil(points) * targets} points, and ${MOST_POINTS} are the most: choose a shorter time, resolution=day or one environment_id`,
      },
    ]);
  }
}
