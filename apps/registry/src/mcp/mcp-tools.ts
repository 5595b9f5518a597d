import { Injectable } from '@nestjs/common';
import type { McpTool } from './mcp-tool.js';
import { GetEndpointsTool } from './tools/get-endpoints.tool.js';
import { ListApplicationsTool } from './tools/list-applications.tool.js';
import { ListEndpointsTool } from './tools/list-endpoints.tool.js';
import { SearchEndpointsTool } from './tools/search-endpoints.tool.js';

/** The tools, in the order in which clients list them: a change of it breaks the prompt caches of agents. */
@Injectable()
export class McpTools {
  readonly all: readonly McpTool[];

  constructor(
    search: SearchEndpointsTool,
    get: GetEndpointsTool,
    applications: ListApplicationsTool,
    endpoints: ListEndpointsTool,
  ) {
    this.all = [search, get, applications, endpoints];
  }
}
