import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { CurrentBindings } from '#libs/access/caller.js';
import type { Listing } from '#libs/pagination/listing.js';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiKeysService } from './api-keys.service.js';
import { AllApiKeysQuery } from './dto/all-api-keys.query.js';
import { ListedApiKeyResponse } from './dto/listed-api-key.response.js';

@ApiTags('API keys')
@Controller('api-keys')
export class AllApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Get()
  @Route('viewer', 'List the API keys of all environments, never their secrets, oldest first', {
    list: ListedApiKeyResponse,
  })
  list(
    @Query() query: AllApiKeysQuery,
    @CurrentBindings() bindings: Bindings,
  ): Promise<Listing<ListedApiKeyResponse>> {
    return this.apiKeys.listAll(query, bindings);
  }
}
