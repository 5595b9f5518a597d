import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { ApiAppKeyParam, ApiEnvironmentParam } from '#libs/validation/path-parameters.js';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { CreateEnvironmentRequest } from './dto/create-environment.request.js';
import { EnvironmentResponse } from './dto/environment.response.js';
import { UpdateEnvironmentRequest } from './dto/update-environment.request.js';
import { EnvironmentsService } from './environments.service.js';

@ApiTags('Environments')
@ApiAppKeyParam()
@Controller('applications/:app_key/environments')
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List the environments of an application' })
  @ApiListing(EnvironmentResponse)
  @ApiProblems(404)
  list(@Param('app_key') appKey: string, @Query() query: PageQuery): Promise<Listing<EnvironmentResponse>> {
    return this.environments.list(appKey, query);
  }

  @Post()
  @Access('admin')
  @Audited('environment.created')
  @ApiOperation({ summary: 'Create an environment' })
  @ApiCreatedResponse({ type: EnvironmentResponse })
  @ApiProblems(404, 409)
  create(
    @Param('app_key') appKey: string,
    @Body() request: CreateEnvironmentRequest,
  ): Promise<EnvironmentResponse> {
    return this.environments.create(appKey, request);
  }

  @Get(':environment')
  @Access('admin')
  @ApiEnvironmentParam()
  @ApiOperation({ summary: 'Get an environment' })
  @ApiOkResponse({ type: EnvironmentResponse })
  @ApiProblems(404)
  get(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
  ): Promise<EnvironmentResponse> {
    return this.environments.get(appKey, environment);
  }

  @Put(':environment')
  @Access('admin')
  @Audited('environment.updated')
  @ApiEnvironmentParam()
  @ApiOperation({ summary: 'Change base domain, description or status of an environment' })
  @ApiOkResponse({ type: EnvironmentResponse })
  @ApiProblems(404)
  update(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Body() request: UpdateEnvironmentRequest,
  ): Promise<EnvironmentResponse> {
    return this.environments.update(appKey, environment, request);
  }

  @Delete(':environment')
  @HttpCode(204)
  @Access('admin')
  @Audited('environment.deleted')
  @ApiEnvironmentParam()
  @ApiOperation({ summary: 'Delete an environment with its endpoints and API keys' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  delete(@Param('app_key') appKey: string, @Param('environment') environment: string): Promise<void> {
    return this.environments.delete(appKey, environment);
  }
}
