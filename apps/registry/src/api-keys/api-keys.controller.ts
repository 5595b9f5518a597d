import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '#libs/access/access.decorator.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { ApiListing } from '#libs/pagination/api-listing.decorator.js';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { ApiProblems } from '#libs/problem-details/api-problems.decorator.js';
import { ApiAppKeyParam, ApiEnvironmentParam } from '#libs/validation/path-parameters.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyResponse, IssuedApiKeyResponse } from './dto/api-key.response.js';
import { IssueApiKeyRequest, RotateApiKeyRequest } from './dto/issue-api-key.request.js';

const ApiKeyIdParam = (): MethodDecorator =>
  ApiParam({ name: 'id', description: 'Id of the API key', schema: { type: 'string' } });

@ApiTags('API keys')
@ApiAppKeyParam()
@ApiEnvironmentParam()
@Controller('applications/:app_key/environments/:environment/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List the API keys of an environment, never their secrets' })
  @ApiListing(ApiKeyResponse)
  @ApiProblems(404)
  list(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Query() query: PageQuery,
  ): Promise<Listing<ApiKeyResponse>> {
    return this.apiKeys.list({ appKey, environment }, query);
  }

  @Post()
  @Access('admin')
  @Audited('api-key.issued')
  @ApiOperation({ summary: 'Issue an API key; the answer shows it this once' })
  @ApiCreatedResponse({ type: IssuedApiKeyResponse })
  @ApiProblems(404)
  issue(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Body() request: IssueApiKeyRequest,
  ): Promise<IssuedApiKeyResponse> {
    return this.apiKeys.issue({ appKey, environment }, request);
  }

  @Post(':id/rotate')
  @Access('admin')
  @Audited('api-key.rotated')
  @ApiKeyIdParam()
  @ApiOperation({
    summary: 'Replace an API key by a new one',
    description: 'The new key has an id of its own. The old one lives on for `gracePeriodSeconds`.',
  })
  @ApiCreatedResponse({ type: IssuedApiKeyResponse })
  @ApiProblems(404, 409)
  rotate(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Param('id') id: string,
    @Body() request: RotateApiKeyRequest,
  ): Promise<IssuedApiKeyResponse> {
    return this.apiKeys.rotate({ appKey, environment }, id, request);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('admin')
  @Audited('api-key.revoked')
  @ApiKeyIdParam()
  @ApiOperation({ summary: 'Revoke an API key at once' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  revoke(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Param('id') id: string,
  ): Promise<void> {
    return this.apiKeys.revoke({ appKey, environment }, id);
  }
}
