import { Module } from '@nestjs/common';
import { DiscoveryModule } from '../discovery/discovery.module.js';
import { SearchModule } from '../search/search.module.js';
import { AgentScope } from './agent-scope.js';
import { McpController } from './mcp.controller.js';
import { McpService } from './mcp.service.js';
import { McpFastPath } from './mcp-fast-path.js';
import { ToolMetrics } from './mcp-metrics.js';
import { McpTools } from './mcp-tools.js';
import { PlainAnswers } from './plain-answers.js';
import { ToolCalls } from './tool-calls.js';
import { GetEndpointsTool } from './tools/get-endpoints.tool.js';
import { ListApplicationsTool } from './tools/list-applications.tool.js';
import { ListEndpointsTool } from './tools/list-endpoints.tool.js';
import { SearchEndpointsTool } from './tools/search-endpoints.tool.js';

/** The registry as an MCP server. */
@Module({
  imports: [DiscoveryModule, SearchModule],
  controllers: [McpController],
  providers: [
    McpService,
    McpFastPath,
    ToolCalls,
    PlainAnswers,
    McpTools,
    ToolMetrics,
    AgentScope,
    SearchEndpointsTool,
    GetEndpointsTool,
    ListApplicationsTool,
    ListEndpointsTool,
  ],
})
export class McpModule {}
