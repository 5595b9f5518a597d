import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { HealthCheckResponse } from './dto/health-check.response.js';
import { CheckNowService } from './probe/check-now.service.js';

@ApiTags('Health checks')
@Controller('health-check/applications/:app_id')
export class HealthChecksController {
  constructor(private readonly checkNow: CheckNowService) {}

  @Post('check')
  @HttpCode(200)
  @Access('admin')
  @Audited('health.checked')
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
