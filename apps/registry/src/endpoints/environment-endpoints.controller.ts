import { Body, Controller, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiAppKeyParam, ApiEnvironmentParam } from '#libs/validation/path-parameters.js';
import { RegisterEndpointsQuery, ReplaceEndpointsRequest } from './dto/register-endpoints.request.js';
import { RegisterEndpointsResponse } from './dto/register-endpoints.response.js';
import { EndpointsService } from './endpoints.service.js';

@ApiTags('Endpoints')
@ApiAppKeyParam()
@ApiEnvironmentParam()
@Controller('applications/:app_key/environments/:environment/endpoints')
export class EnvironmentEndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Put()
  @Route('editor', "Replace the whole set of an environment's endpoints", {
    ok: RegisterEndpointsResponse,
    audited: 'endpoints.replaced',
    ifMatch: '`GET /endpoints` of the environment',
    description: 'As the application does by `POST /register/endpoints`. The answer names every change.',
    problems: [404],
  })
  replace(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Body() request: ReplaceEndpointsRequest,
    @Query() { dryRun = false }: RegisterEndpointsQuery,
  ): Promise<RegisterEndpointsResponse> {
    return this.endpoints.replace(appKey, environment, request, { dryRun });
  }
}
