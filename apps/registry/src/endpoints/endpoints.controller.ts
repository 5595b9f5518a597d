import { Body, Controller, Headers, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type ApplicationCaller, CurrentCaller } from '#libs/access/caller.js';
import { HEADERS } from '#libs/access/security-schemes.js';
import { Route } from '#libs/routes/route.decorator.js';
import { RegisterEndpointsQuery, RegisterEndpointsRequest } from './dto/register-endpoints.request.js';
import { RegisterEndpointsResponse } from './dto/register-endpoints.response.js';
import { EndpointsService } from './endpoints.service.js';

@ApiTags('Endpoints')
@Controller('register/endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Post()
  @Route('application', "Register the whole set of an environment's endpoints", {
    ok: RegisterEndpointsResponse,
    ifMatch: '`GET /endpoints` of the environment',
    audited: 'endpoints.registered',
    description:
      'Makes the registered set equal to the list, in one transaction: what is new is added, what differs is updated, ' +
      "what is missing is deleted. The body's `environment` is the one meant, and the API key must be of it.",
    problems: [404],
  })
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
