import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '#libs/access/access.decorator.js';
import { HealthResponse, ProbeResponse } from './dto/health.response.js';
import { HealthService } from './health.service.js';

const RETRY_AFTER_SECONDS = 5;

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Access('public')
  @ApiOperation({ summary: 'Health of the registry and what it depends on' })
  @ApiOkResponse({ type: HealthResponse })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: 'The database is away' })
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const report = await this.health.report();
    if (report.status === 'error') unavailable(reply);
    return report;
  }

  @Get('live')
  @Access('public')
  @ApiOperation({ summary: 'Liveness for Kubernetes: the process answers; never asks the database' })
  @ApiOkResponse({ type: ProbeResponse })
  live(): ProbeResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Access('public')
  @ApiOperation({ summary: 'Readiness for Kubernetes: requests can be served' })
  @ApiOkResponse({ type: ProbeResponse })
  @ApiServiceUnavailableResponse({
    type: ProbeResponse,
    description: 'The database is away, or the registry is stopping',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ProbeResponse> {
    if (await this.health.isReady()) return { status: 'ok' };
    unavailable(reply);
    return { status: 'unavailable' };
  }
}

function unavailable(reply: FastifyReply): void {
  void reply.status(HttpStatus.SERVICE_UNAVAILABLE).header('retry-after', RETRY_AFTER_SECONDS);
}
