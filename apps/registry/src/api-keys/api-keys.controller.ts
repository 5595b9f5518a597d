import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { Route } from '#libs/routes/route.decorator.js';
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
  @Route('viewer', 'List the API keys of an environment, never their secrets', {
    list: ApiKeyResponse,
    problems: [404],
  })
  list(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Query() query: PageQuery,
  ): Promise<Listing<ApiKeyResponse>> {
    return this.apiKeys.list({ appKey, environment }, query);
  }

  @Post()
  @Route('editor', 'Issue an API key; the answer shows it this once', {
    created: IssuedApiKeyResponse,
    audited: 'api-key.issued',
    problems: [404],
  })
  issue(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Body() request: IssueApiKeyRequest,
  ): Promise<IssuedApiKeyResponse> {
    return this.apiKeys.issue({ appKey, environment }, request);
  }

  @Post(':id/rotate')
  @ApiKeyIdParam()
  @Route('editor', 'Replace an API key by a new one', {
    created: IssuedApiKeyResponse,
    audited: 'api-key.rotated',
    description: 'The new key has an id of its own. The old one lives on for `gracePeriodSeconds`.',
    problems: [404, 409],
  })
  rotate(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Param('id') id: string,
    @Body() request: RotateApiKeyRequest,
  ): Promise<IssuedApiKeyResponse> {
    return this.apiKeys.rotate({ appKey, environment }, id, request);
  }

  @Delete(':id')
  @ApiKeyIdParam()
  @Route('editor', 'Revoke an API key at once', { audited: 'api-key.revoked', problems: [404] })
  revoke(
    @Param('app_key') appKey: string,
    @Param('environment') environment: string,
    @Param('id') id: string,
  ): Promise<void> {
    return this.apiKeys.revoke({ appKey, environment }, id);
  }
}
