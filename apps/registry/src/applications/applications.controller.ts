import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { type Caller, CurrentCaller } from '#libs/access/caller.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { ApiAppKeyParam } from '#libs/validation/path-parameters.js';
import { ApplicationsService } from './applications.service.js';
import { ApplicationResponse, ApplicationWithEnvironmentsResponse } from './dto/application.response.js';
import { CreateApplicationRequest } from './dto/create-application.request.js';
import { UpdateApplicationRequest } from './dto/update-application.request.js';

@ApiTags('Applications')
@Controller('applications')
export class ApplicationsController {
  constructor(private readonly applications: ApplicationsService) {}

  @Post()
  @Access('admin')
  @Audited('application.created')
  @ApiOperation({ summary: 'Create an application with its environments' })
  @ApiCreatedResponse({ type: ApplicationWithEnvironmentsResponse })
  @ApiProblems(409)
  create(@Body() request: CreateApplicationRequest): Promise<ApplicationWithEnvironmentsResponse> {
    return this.applications.create(request);
  }

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List all applications, oldest first' })
  @ApiListing(ApplicationResponse)
  list(@Query() query: PageQuery): Promise<Listing<ApplicationResponse>> {
    return this.applications.list(query);
  }

  @Get(':app_key')
  @Access('admin')
  @ApiAppKeyParam()
  @ApiOperation({ summary: 'Get an application with its environments' })
  @ApiOkResponse({ type: ApplicationWithEnvironmentsResponse })
  @ApiProblems(404)
  get(@Param('app_key') appKey: string): Promise<ApplicationWithEnvironmentsResponse> {
    return this.applications.get(appKey);
  }

  @Put(':app_key')
  @Access('application-or-admin')
  @Audited('application.updated')
  @ApiAppKeyParam()
  @ApiOperation({
    summary: 'Change an application',
    description:
      'A field left out stays as it is; `null` clears it. With `X-Environment` only a key of that environment is accepted.',
  })
  @ApiOkResponse({ type: ApplicationResponse })
  @ApiProblems(404)
  update(
    @Param('app_key') appKey: string,
    @Body() request: UpdateApplicationRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ApplicationResponse> {
    return this.applications.update(appKey, request, caller);
  }

  @Delete(':app_key')
  @HttpCode(204)
  @Access('admin')
  @Audited('application.deleted')
  @ApiAppKeyParam()
  @ApiOperation({ summary: 'Delete an application with everything below it' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  delete(@Param('app_key') appKey: string): Promise<void> {
    return this.applications.delete(appKey);
  }
}
