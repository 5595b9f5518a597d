import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { CurrentBindings } from '#libs/access/caller.js';
import { ApiConditional } from '#libs/http-cache/api-conditional.decorator.js';
import type { CachedResponse } from '#libs/http-cache/cached-response.js';
import { Route } from '#libs/routes/route.decorator.js';
import { OverviewResponse } from './dto/overview.response.js';
import { OverviewService } from './overview.service.js';

@ApiTags('Overview')
@Controller('overview')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @ApiConditional()
  @Route('viewer', 'Get all environments at once, each with its health, its last 24 hours and counts', {
    ok: OverviewResponse,
    description:
      'With every committed change a second later at the latest; times of checks and figures may be older: 15 seconds, and five minutes. ' +
      'Meant to be read again with `If-None-Match`.',
  })
  answer(@CurrentBindings() bindings: Bindings): Promise<CachedResponse> {
    return this.overview.answer(bindings);
  }
}
