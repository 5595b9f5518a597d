import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '#libs/pagination/listing.js';
import { Route } from '#libs/routes/route.decorator.js';
import { AuditService } from './audit.service.js';
import { AuditLogQuery } from './dto/audit-log.query.js';
import { AuditLogResponse } from './dto/audit-log.response.js';

@ApiTags('Audit')
@Controller('audit-logs')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Route('viewer', 'List audit entries, newest first', {
    list: AuditLogResponse,
    description:
      'A page has fewer entries than `limit` where their values would exceed 4 MiB; follow the `Link` header.',
  })
  list(@Query() query: AuditLogQuery): Promise<Page<AuditLogResponse>> {
    return this.audit.list(query);
  }
}
