import { createHash } from 'node:crypto';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiConditional } from '#libs/http-cache/api-conditional.decorator.js';
import { Route } from '#libs/routes/route.decorator.js';
import { CatalogService } from './catalog.service.js';
import { CatalogQuery } from './dto/catalog.query.js';
import { CatalogItemResponse, CatalogResponse, McpServerEntryResponse } from './dto/catalog.response.js';

const CARD_TYPE = 'application/mcp-server-card+json';
const ServerNameParam = (): MethodDecorator =>
  ApiParam({
    name: 'server_name',
    description: 'Percent-encoded',
    example: 'com.example.registry/mcp-registry',
  });

@ApiTags('Agents')
@Controller()
export class CatalogController {
  constructor(private readonly catalog: CatalogService) {}

  @Get('v0.1/servers')
  @Route('public', 'List MCP servers, as the MCP Registry API v0.1 does', {
    ok: CatalogResponse,
    problems: [404],
  })
  list(@Query() query: CatalogQuery, @Req() request: FastifyRequest): CatalogResponse {
    return this.catalog.list(query, request);
  }

  @Get('v0.1/servers/:server_name/versions')
  @ServerNameParam()
  @Route('public', 'List the versions of an MCP server', { ok: CatalogResponse, problems: [404] })
  versions(@Param('server_name') name: string, @Req() request: FastifyRequest): CatalogResponse {
    return this.catalog.versions(name, request);
  }

  @Get('v0.1/servers/:server_name/versions/:server_version')
  @ServerNameParam()
  @ApiParam({ name: 'server_version', description: 'Or `latest`', example: 'latest' })
  @Route('public', 'Get a version of an MCP server', { ok: CatalogItemResponse, problems: [404] })
  version(
    @Param('server_name') name: string,
    @Param('server_version') version: string,
    @Req() request: FastifyRequest,
  ): CatalogItemResponse {
    return this.catalog.version(name, version, request);
  }

  @Get('mcp/server-card')
  @ApiConditional()
  @Route('public', 'Get the Server Card of this registry (SEP-2127)', {
    ok: {
      description: 'The card',
      content: { [CARD_TYPE]: { schema: { $ref: getSchemaPath(McpServerEntryResponse) } } },
    },
    problems: [404],
  })
  card(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const card = JSON.stringify(this.catalog.card(request));
    const tag = `"${createHash('sha256').update(card).digest('base64url')}"`;
    reply.header('etag', tag).header('cache-control', 'public, max-age=3600').type(CARD_TYPE);
    if (isHeld(request.headers['if-none-match'], tag)) void reply.code(304).send();
    else void reply.send(card);
  }
}

/** RFC 9110, section 13.1.2. */
function isHeld(ifNoneMatch: string | undefined, tag: string): boolean {
  const given = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return given.includes('*') || given.includes(tag);
}
