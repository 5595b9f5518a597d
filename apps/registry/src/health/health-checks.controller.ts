import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import type { Listing } from '#libs/pagination/listing.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { ApiAppIdParam } from '#libs/validation/path-parameters.js';
import { ApplicationHealthResponse } from './dto/application-health.response.js';
import { HealthCheckLogQuery, HealthHistoryQuery } from './dto/health-check.query.js';
import { HealthCheckLogResponse } from './dto/health-check-log.response.js';
import { HealthHistoryPointResponse } from './dto/health-history.response.js';
import { HealthChecksService } from './health-checks.service.js';

@ApiTags('Health checks')
@Controller('health-check/applications/:app_id')
export class HealthChecksController {
  constructor(private readonly healthChecks: HealthChecksService) {}

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
}
