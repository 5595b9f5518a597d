import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Route } from '#libs/routes/route.decorator.js';
import { ApiMcpMessages } from './dto/mcp-message.js';
import { McpService } from './mcp.service.js';

@ApiTags('Agents')
@Controller('mcp')
export class McpController {
  constructor(private readonly mcp: McpService) {}

  @Post()
  @ApiMcpMessages()
  @Route('agents', 'Ask the registry as an MCP client', {
    ok: { description: 'The result or the error of a request' },
    description:
      'Model Context Protocol over Streamable HTTP, versions 2026-07-28 and 2025-03-26 to 2025-11-25, without sessions. ' +
      'Tools: search_endpoints, get_endpoints, list_applications, list_endpoints. Public with MCP_ACCESS=public.',
  })
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.mcp.answer(request, reply);
  }
}
