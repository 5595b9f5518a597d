import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import type { Page } from '#libs/pagination/listing.js';
import { AuditService } from './audit.service.js';
import { AuditLogQuery } from './dto/audit-log.query.js';
import { AuditLogResponse } from './dto/audit-log.response.js';

@ApiTags('Audit')
@Controller('audit-logs')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Access('admin')
  @ApiOperation({
    summary: 'List audit entries, newest first',
    description:
      'A page has fewer entries than `limit` where their values would exceed 4 MiB; follow the `Link` header.',
  })
  @ApiListing(AuditLogResponse)
  list(@Query() query: AuditLogQuery): Promise<Page<AuditLogResponse>> {
    return this.audit.list(query);
  }
}
