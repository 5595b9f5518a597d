import { Controller, Get, Headers, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { CurrentBindings } from '#libs/access/caller.js';
import { NDJSON } from '#libs/pagination/api-listing.decorator.js';
import type { JsonStream } from '#libs/pagination/json-stream.js';
import type { Page } from '#libs/pagination/listing.js';
import { Route } from '#libs/routes/route.decorator.js';
import { AuditService } from './audit.service.js';
import { AuditHeadResponse } from './dto/audit-head.response.js';
import { AuditLogQuery } from './dto/audit-log.query.js';
import { AuditLogResponse, ExportedAuditLogResponse } from './dto/audit-log.response.js';

@ApiTags('Audit')
@Controller('audit-logs')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Route('viewer', 'List audit entries, newest first', {
    list: AuditLogResponse,
    line: ExportedAuditLogResponse,
    description:
      'A page has fewer entries than `limit` where their values would exceed 4 MiB; follow the `Link` header. ' +
      '`Accept: application/x-ndjson` gives all entries, one a line, each with a `cursor` that continues after it.',
  })
  list(
    @Query() query: AuditLogQuery,
    @CurrentBindings() bindings: Bindings,
    @Headers('accept') accept = '',
  ): Promise<Page<AuditLogResponse> | JsonStream> {
    return accept.toLowerCase().includes(NDJSON)
      ? this.audit.export(query, bindings)
      : this.audit.list(query, bindings);
  }

  @Get('head')
  @Route('viewer', 'Get up to where the audit trail is sealed, to be stored elsewhere', {
    ok: AuditHeadResponse,
    description: '`mcp-registry audit verify --head` compares the trail with it.',
  })
  head(): Promise<AuditHeadResponse> {
    return this.audit.head();
  }
}
