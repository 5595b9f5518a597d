import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import type { Listing } from '#libs/pagination/listing.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
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
  @Access('admin')
  @ApiAppIdParam()
  @ApiOperation({
    summary: 'Get the health of an application and its environments',
    description:
      'Where `healthCheckUrl` is no absolute URL, uptime and response time of the application are those of its worst environment.',
  })
  @ApiOkResponse({ type: ApplicationHealthResponse })
  @ApiProblems(404)
  application(@Param('app_id') appId: string): Promise<ApplicationHealthResponse> {
    return this.healthChecks.application(appId);
  }

  @Get('logs')
  @Access('admin')
  @ApiAppIdParam()
  @ApiOperation({ summary: 'List the health checks of an application, newest first' })
  @ApiListing(HealthCheckLogResponse)
  @ApiProblems(404)
  logs(
    @Param('app_id') appId: string,
    @Query() query: HealthCheckLogQuery,
  ): Promise<Listing<HealthCheckLogResponse>> {
    return this.healthChecks.logs(appId, query);
  }

  @Get('history')
  @Access('admin')
  @ApiAppIdParam()
  @ApiOperation({
    summary: 'Get the figures of an application by hour or day, oldest first',
    description: 'Hours and days without health checks are left out.',
  })
  @ApiOkResponse({ type: [HealthHistoryPointResponse] })
  @ApiProblems(404)
  history(
    @Param('app_id') appId: string,
    @Query() query: HealthHistoryQuery,
  ): Promise<HealthHistoryPointResponse[]> {
    return this.healthChecks.history(appId, query);
  }

  @Post('check')
  @HttpCode(200)
  @Access('admin')
  @Audited('health.checked')
  @ApiAppIdParam()
  @ApiOperation({
    summary: 'Probe an application and its environments now',
    description: 'As the schedule does: the outcome is recorded, and counts towards the status.',
  })
  @ApiOkResponse({ type: HealthCheckResponse })
  @ApiProblems(404)
  check(@Param('app_id') appId: string): Promise<HealthCheckResponse> {
    return this.checkNow.check(appId);
  }
}
