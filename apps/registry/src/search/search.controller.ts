import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Bindings } from '#libs/access/bindings.js';
import { AgentBindings } from '#libs/access/caller.js';
import { environmentNamed } from '#libs/access/requested-environment.js';
import { Route } from '#libs/routes/route.decorator.js';
import { SearchQuery } from './dto/search.query.js';
import { SearchResponse } from './dto/search.response.js';
import { SEARCH_KINDS, SearchService } from './search.service.js';

const DEFAULT_LIMIT = 10;

@ApiTags('Discovery')
@Controller('search')
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  @Get()
  @Route('agents', 'Find endpoints and applications by a question in words', {
    ok: SearchResponse,
    description:
      'The same search as the MCP tool `search_endpoints`. Applications see the environment of their key. Public with MCP_ACCESS=public.',
  })
  search(
    @Query() { q, environment, application, method, health, kind, limit, cursor }: SearchQuery,
    @AgentBindings() bindings: Bindings,
  ): Promise<SearchResponse> {
    return this.searches.search(
      {
        phrasings: [q],
        environment: environmentNamed(environment),
        application,
        method,
        healthyOnly: health === 'healthy',
        kinds: kind === undefined ? SEARCH_KINDS : [kind],
        limit: limit ?? DEFAULT_LIMIT,
        cursor,
      },
      bindings,
    ) as Promise<SearchResponse>;
  }
}
