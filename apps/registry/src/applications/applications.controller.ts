import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { type Caller, CurrentBindings, CurrentCaller, type OperatorCaller } from '#libs/access/caller.js';
import type { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiAppKeyParam } from '#libs/validation/path-parameters.js';
import { ApplicationRenamesService } from './application-renames.service.js';
import { ApplicationsService } from './applications.service.js';
import {
  ApplicationResponse,
  ApplicationWithEnvironmentsResponse,
  SingleApplicationResponse,
} from './dto/application.response.js';
import { CreateApplicationRequest } from './dto/create-application.request.js';
import { RenameApplicationRequest } from './dto/rename-application.request.js';
import { RenamedApplicationResponse } from './dto/renamed-application.response.js';
import { UpdateApplicationRequest } from './dto/update-application.request.js';

@ApiTags('Applications')
@Controller('applications')
export class ApplicationsController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly renames: ApplicationRenamesService,
  ) {}

  @Post()
  @Route('editor', 'Create an application with its environments', {
    created: ApplicationWithEnvironmentsResponse,
    tagged: true,
    audited: 'application.created',
    problems: [409],
  })
  create(
    @Body() request: CreateApplicationRequest,
    @CurrentCaller() caller: OperatorCaller,
  ): Promise<TaggedResponse<ApplicationWithEnvironmentsResponse>> {
    return this.applications.create(request, caller);
  }

  @Get()
  @Route('viewer', 'List all applications, oldest first', { list: ApplicationResponse })
  list(
    @Query() query: PageQuery,
    @CurrentBindings() bindings: Bindings,
  ): Promise<Listing<ApplicationResponse>> {
    return this.applications.list(query, bindings);
  }

  @Get(':app_key')
  @ApiAppKeyParam()
  @Route('viewer', 'Get an application with its environments', {
    ok: SingleApplicationResponse,
    tagged: true,
    problems: [404],
  })
  get(
    @Param('app_key') appKey: string,
    @CurrentBindings() bindings: Bindings,
  ): Promise<TaggedResponse<SingleApplicationResponse>> {
    return this.applications.get(appKey, bindings);
  }

  @Put(':app_key')
  @ApiAppKeyParam()
  @Route('application-or-editor', 'Change an application', {
    ok: ApplicationResponse,
    tagged: true,
    ifMatch: 'the application',
    audited: 'application.updated',
    description:
      'A field left out stays as it is; `null` clears it. With `X-Environment` only a key of that environment is accepted.',
    problems: [404],
  })
  update(
    @Param('app_key') appKey: string,
    @Body() request: UpdateApplicationRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<TaggedResponse<ApplicationResponse>> {
    return this.applications.update(appKey, request, caller);
  }

  @Post(':app_key/rename')
  @ApiAppKeyParam()
  @Route('admin', 'Give an application another app key', {
    ok: RenamedApplicationResponse,
    tagged: true,
    ifMatch: 'the application',
    audited: 'application.renamed',
    description:
      'Everything below it stays, its API keys among them. For `gracePeriodSeconds` the old app key names it as well, wherever one is sent.',
    problems: [404, 409],
  })
  rename(
    @Param('app_key') appKey: string,
    @Body() request: RenameApplicationRequest,
    @CurrentCaller() caller: OperatorCaller,
  ): Promise<TaggedResponse<RenamedApplicationResponse>> {
    return this.renames.rename(appKey, request, caller);
  }

  @Delete(':app_key')
  @ApiAppKeyParam()
  @Route('admin', 'Delete an application with everything below it', {
    ifMatch: 'the application',
    audited: 'application.deleted',
    problems: [404],
  })
  delete(@Param('app_key') appKey: string, @CurrentCaller() caller: OperatorCaller): Promise<void> {
    return this.applications.delete(appKey, caller);
  }
}
