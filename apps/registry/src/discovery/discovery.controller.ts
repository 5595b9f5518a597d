import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { EnvironmentMeant } from '#libs/access/environment-meant.js';
import { ApiConditional } from '#libs/answers/api-conditional.decorator.js';
import type { ReadyAnswer } from '#libs/answers/ready-answer.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import type { JsonText } from '#libs/json/json-text.js';
import type { Listing } from '#libs/pagination/listing.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { ApiAppKeyParam, ApiEnvironmentParam } from '#libs/validation/path-parameters.js';
import { DiscoveryService } from './discovery.service.js';
import { ApplicationsWithEndpointsQuery, EndpointsQuery } from './dto/discovery.query.js';
import { ApplicationWithEndpoints, EndpointsResponse } from './dto/discovery.response.js';

@ApiTags('Discovery')
@Controller()
export class DiscoveryController {
  constructor(private readonly discovery: DiscoveryService) {}

  @Get('endpoints')
  @Access('discovery')
  @ApiOperation({
    summary: 'List the endpoints of an application in one environment',
    description: "Public, unless ENDPOINTS_REQUIRE_KEY asks for the application's own key or the admin key.",
  })
  @ApiOkResponse({ type: EndpointsResponse })
  @ApiConditional()
  @ApiProblems(404)
  endpoints(
    @Query() { app_key: appKey }: EndpointsQuery,
    @EnvironmentMeant() environment: string,
  ): Promise<ReadyAnswer> {
    return this.discovery.endpoints(appKey, environment);
  }

  @Get('applications/with-endpoints')
  @Access('admin')
  @ApiOperation({
    summary: 'List the applications that have an environment, each with its endpoints there',
    description: 'All of them, whatever their health, unless `healthStatus` asks for one.',
  })
  @ApiListing(ApplicationWithEndpoints)
  @ApiConditional()
  applicationsWithEndpoints(
    @Query() query: ApplicationsWithEndpointsQuery,
    @EnvironmentMeant() environment: string,
  ): Promise<ReadyAnswer | Listing<JsonText>> {
    return this.discovery.applicationsWithEndpoints(environment, query);
  }

  @Get('applications/:app_key/environments/:environment/openapi.json')
  @Access('admin')
  @ApiAppKeyParam()
  @ApiEnvironmentParam()
  @ApiOperation({
    summary: 'Get the OpenAPI document of what is registered in an environment',
    description:
      'OpenAPI 3.1. What a registered endpoint has that OpenAPI knows no place for is in `x-mcp-registry` of its operation.',
  })
  @ApiOkResponse({
    description: 'The document',
    schema: {
      type: 'object',
      required: ['openapi', 'info', 'paths', 'components'],
      properties: {
        openapi: { type: 'string', example: '3.1.0' },
        info: { type: 'object', example: { title: 'Orders', version: 'production' } },
        servers: {
          type: 'array',
          items: { type: 'object' },
          example: [{ url: 'https://orders.example.com' }],
        },
        paths: { type: 'object', example: {} },
        components: { type: 'object', example: { securitySchemes: {} } },
      },
    },
  })
  @ApiConditional()
  @ApiProblems(404, 422)
  openApi(@Param('app_key') appKey: string, @Param('environment') environment: string): Promise<ReadyAnswer> {
    return this.discovery.openApi(appKey, environment);
  }
}
