import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { CurrentBindings } from '#libs/access/caller.js';
import type { Listing } from '#libs/pagination/listing.js';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiAppIdParam } from '#libs/validation/path-parameters.js';
import { ApplicationHealthResponse } from './dto/application-health.response.js';
import { HealthCheckLogQuery, HealthHistoryQuery } from './dto/health-check.query.js';
import { HealthCheckResponse } from './dto/health-check.response.js';
import { HealthCheckLogResponse } from './dto/health-check-log.response.js';
import { HealthHistoryPointResponse } from './dto/health-history.response.js';
import { HealthChecksService } from './health-checks.service.js';
import { CheckNowService } from './probe/check-now.service.js';

@ApiTags('Health checks')
@Controller('health-check/applications/:app_id')
export class HealthChecksController {
  constructor(
    private readonly healthChecks: HealthChecksService,
    private readonly checkNow: CheckNowService,
  ) {}

  @Get()
  @ApiAppIdParam()
  @Route('viewer', 'Get the health of an application and its environments', {
    ok: ApplicationHealthResponse,
    description:
      'Where `healthCheckUrl` is no absolute URL, uptime and response time of the application are those of its worst environment.',
    problems: [404],
  })
  application(
    @Param('app_id') appId: string,
    @CurrentBindings() bindings: Bindings,
  ): Promise<ApplicationHealthResponse> {
    return this.healthChecks.application(appId, bindings);
  }

  @Get('logs')
  @ApiAppIdParam()
  @Route('viewer', 'List the health checks of an application, newest first', {
    list: HealthCheckLogResponse,
    problems: [404],
  })
  logs(
    @Param('app_id') appId: string,
    @Query() query: HealthCheckLogQuery,
    @CurrentBindings() bindings: Bindings,
  ): Promise<Listing<HealthCheckLogResponse>> {
    return this.healthChecks.logs(appId, query, bindings);
  }

  @Get('history')
  @ApiAppIdParam()
  @Route('viewer', 'Get the figures of an application by hour or day, oldest first', {
    ok: [HealthHistoryPointResponse],
    description: 'Hours and days without health checks are left out.',
    problems: [404],
  })
  history(
    @Param('app_id') appId: string,
    @Query() query: HealthHistoryQuery,
    @CurrentBindings() bindings: Bindings,
  ): Promise<HealthHistoryPointResponse[]> {
    return this.healthChecks.history(appId, query, bindings);
  }

  @Post('check')
  @ApiAppIdParam()
  @Route('editor', 'Probe an application and its environments now', {
    ok: HealthCheckResponse,
    audited: 'health.checked',
    description: 'As the schedule does: the outcome is recorded, and counts towards the status.',
    problems: [404],
  })
  check(@Param('app_id') appId: string, @CurrentBindings() bindings: Bindings): Promise<HealthCheckResponse> {
    return this.checkNow.check(appId, bindings);
  }
}
