import { Body, Controller, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { type ApplicationCaller, CurrentCaller } from '#libs/access/caller.js';
import { HEADERS } from '#libs/access/security-schemes.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { RegisterEndpointsQuery, RegisterEndpointsRequest } from './dto/register-endpoints.request.js';
import { RegisterEndpointsResponse } from './dto/register-endpoints.response.js';
import { EndpointsService } from './endpoints.service.js';

@ApiTags('Endpoints')
@Controller('register/endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Post()
  @HttpCode(200)
  @Access('application')
  @Audited('endpoints.registered')
  @ApiOperation({
    summary: "Register the whole set of an environment's endpoints",
    description:
      'Makes the registered set equal to the list, in one transaction: what is new is added, what differs is updated, ' +
      "what is missing is deleted. The body's `environment` is the one meant, and the API key must be of it.",
  })
  @ApiOkResponse({ type: RegisterEndpointsResponse })
  @ApiProblems(404)
  register(
    @CurrentCaller() caller: ApplicationCaller,
    @Body() request: RegisterEndpointsRequest,
    @Query() { dryRun = false }: RegisterEndpointsQuery,
    @Headers(HEADERS.environment) header: string | undefined,
  ): Promise<RegisterEndpointsResponse> {
    return this.endpoints.register(caller, request, {
      environmentHeader: header === '' ? undefined : header,
      dryRun,
    });
  }
}
