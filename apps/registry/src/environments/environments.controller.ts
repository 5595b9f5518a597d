import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { CurrentBindings, CurrentCaller, type OperatorCaller } from '#libs/access/caller.js';
import type { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiAppKeyParam, ApiEnvironmentParam } from '#libs/validation/path-parameters.js';
import { CreateEnvironmentRequest } from './dto/create-environment.request.js';
import { EnvironmentResponse } from './dto/environment.response.js';
import { RenameEnvironmentRequest } from './dto/rename-environment.request.js';
import { UpdateEnvironmentRequest } from './dto/update-environment.request.js';
import { EnvironmentsService } from './environments.service.js';

@ApiTags('Environments')
@ApiAppKeyParam()
@Controller('applications/:app_key/environments')
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Get()
  @Route('viewer', 'List the environments of an application', { list: EnvironmentResponse, problems: [404] })
  list(
    @Param('app_key') appKey: string,
    @Query() query: PageQuery,
    @CurrentBindings() bindings: Bindings,
  ): Promise<Listing<EnvironmentResponse>> {
    return this.environments.list(appKey, query, bindings);
  }

  @Post()
  @Route('editor', 'Create an environment', {
    created: EnvironmentResponse,
    tagged: true,
    audited: 'environment.created',
    problems: [404, 409],
  })
  create(
    @Param('app_key') appKey: string,
    @Body() request: CreateEnvironmentRequest,
    @CurrentCaller() caller: OperatorCaller,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    return this.environments.create(appKey, request, caller);
  }

  @Get(':environment')
  @ApiEnvironmentParam()
  @Route('viewer', 'Get an environment', { ok: EnvironmentResponse, tagged: true, problems: [404] })
  get(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    return this.environments.getTagged(appKey, environment);
  }

  @Put(':environment')
  @ApiEnvironmentParam()
  @Route('editor', 'Change an environment, its security pointer or its status', {
    ok: EnvironmentResponse,
    tagged: true,
    ifMatch: 'the environment',
    audited: 'environment.updated',
    problems: [404],
  })
  update(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Body() request: UpdateEnvironmentRequest,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    return this.environments.update(appKey, environment, request);
  }

  @Post(':environment/rename')
  @ApiEnvironmentParam()
  @Route('admin', 'Give an environment another name', {
    ok: EnvironmentResponse,
    tagged: true,
    ifMatch: 'the environment',
    audited: 'environment.renamed',
    description:
      'Its endpoints, API keys and history stay. The old name means nothing any more: `X-Environment` is to be the new one.',
    problems: [404, 409],
  })
  rename(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Body() request: RenameEnvironmentRequest,
    @CurrentCaller() caller: OperatorCaller,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    return this.environments.rename(appKey, environment, request, caller);
  }

  @Delete(':environment')
  @ApiEnvironmentParam()
  @Route('admin', 'Delete an environment with its endpoints and API keys', {
    ifMatch: 'the environment',
    audited: 'environment.deleted',
    problems: [404],
  })
  delete(@Param('app_key') appKey: string, @Param('environment') environment: string): Promise<void> {
    return this.environments.delete(appKey, environment);
  }
}
