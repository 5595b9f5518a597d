import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { CurrentBindings } from '#libs/access/caller.js';
import { RequestedEnvironment } from '#libs/access/requested-environment.js';
import { ApiConditional } from '#libs/http-cache/api-conditional.decorator.js';
import type { CachedResponse } from '#libs/http-cache/cached-response.js';
import type { JsonStream } from '#libs/pagination/json-stream.js';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiAppKeyParam, ApiEnvironmentParam } from '#libs/validation/path-parameters.js';
import { DiscoveryService } from './discovery.service.js';
import { ApplicationsWithEndpointsQuery, EndpointsQuery } from './dto/discovery.query.js';
import { ApplicationWithEndpoints, EndpointsResponse } from './dto/discovery.response.js';
import { OPENAPI_DOCUMENT_RESPONSE } from './dto/openapi-document.response.js';

@ApiTags('Discovery')
@Controller()
export class DiscoveryController {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Usually answered by `DiscoveryFastPath`, from the cache and before Nest; this is the answer without it. */
  @Get('endpoints')
  @ApiConditional()
  @Route('discovery', 'List the endpoints of an application in one environment', {
    ok: EndpointsResponse,
    description: "Public, unless ENDPOINTS_REQUIRE_KEY asks for the application's own key or the admin key.",
    problems: [404],
  })
  endpoints(
    @Query() { app_key: appKey, definitions }: EndpointsQuery,
    @RequestedEnvironment() environment: string,
  ): Promise<CachedResponse | JsonStream> {
    return definitions === 'shared'
      ? this.discovery.endpointsAndDefinitions(appKey, environment)
      : this.discovery.endpoints(appKey, environment);
  }

  @Get('applications/with-endpoints')
  @ApiConditional()
  @Route('agent', 'List the applications that have an environment, each with its endpoints there', {
    list: ApplicationWithEndpoints,
    description: 'All of them, whatever their health, unless `healthStatus` asks for one.',
  })
  applicationsWithEndpoints(
    @Query() query: ApplicationsWithEndpointsQuery,
    @RequestedEnvironment() environment: string,
    @CurrentBindings() bindings: Bindings,
  ): Promise<CachedResponse | JsonStream> {
    return this.discovery.applicationsWithEndpoints(environment, query, bindings);
  }

  @Get('applications/:app_key/environments/:environment/openapi.json')
  @ApiAppKeyParam()
  @ApiEnvironmentParam()
  @ApiConditional()
  @Route('viewer', 'Get the OpenAPI document of what is registered in an environment', {
    ok: OPENAPI_DOCUMENT_RESPONSE,
    description:
      'OpenAPI 3.1. What a registered endpoint has that OpenAPI knows no place for is in `x-mcp-registry` of its operation.',
    problems: [404, 422],
  })
  openApi(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
  ): Promise<CachedResponse> {
    return this.discovery.openApi(appKey, environment);
  }
}
