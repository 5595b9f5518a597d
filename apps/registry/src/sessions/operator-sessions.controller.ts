import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { Route } from '#libs/routes/route.decorator.js';
import { OperatorSessionResponse } from './dto/session.response.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Operators')
@ApiParam({
  name: 'operator',
  description: 'Name of the operator',
  schema: { type: 'string', example: 'ann' },
})
@Controller('operators/:operator/sessions')
export class OperatorSessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Route('unbound-admin', 'List the sessions of an operator, oldest first', {
    list: OperatorSessionResponse,
    problems: [404],
  })
  list(
    @Param('operator') name: string,
    @Query() query: PageQuery,
  ): Promise<Listing<OperatorSessionResponse>> {
    return this.sessions.list(name, query);
  }

  @Delete(':session_id')
  @ApiParam({ name: 'session_id', description: 'Id of the session', schema: { type: 'string' } })
  @Route('unbound-admin', 'End a session of an operator at once', {
    audited: 'session.revoked',
    problems: [404],
  })
  revoke(@Param('operator') name: string, @Param('session_id') id: string): Promise<void> {
    return this.sessions.revoke(name, id);
  }
}
