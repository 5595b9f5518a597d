import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { shortId } from '#libs/short-ids/short-id.js';
import { EndpointDetailsService } from '../../discovery/endpoint-details.service.js';
import { AgentScope } from '../agent-scope.js';
import { shortened } from '../call/reduced-schema.js';
import { listCursor, placeOfCursor } from '../list-cursor.js';
import { answered, McpTool, READ_ONLY, type ToolAnswer } from '../mcp-tool.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const MAX_NAME = 80;

interface Input {
  readonly application: string;
  readonly environment?: string;
  readonly tag?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

@Injectable()
export class ListEndpointsTool extends McpTool {
  readonly definition: Tool = {
    name: 'list_endpoints',
    title: 'List the endpoints of an application',
    description: 'Endpoints of an application with id, method, path and name, by path.',
    annotations: READ_ONLY,
    inputSchema: {
      type: 'object',
      properties: {
        application: { type: 'string', minLength: 1, maxLength: 128, description: 'key' },
        environment: { type: 'string', maxLength: 63, description: 'default production' },
        tag: { type: 'string', maxLength: 200 },
        limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: `default ${DEFAULT_LIMIT}` },
        cursor: { type: 'string', maxLength: 8000 },
      },
      required: ['application'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        endpoints: { type: 'array', items: { type: 'object' } },
        nextCursor: { type: 'string' },
      },
      required: ['endpoints'],
    },
  };

  constructor(
    private readonly details: EndpointDetailsService,
    private readonly scope: AgentScope,
  ) {
    super();
  }

  async call(input: unknown, bindings: Bindings): Promise<ToolAnswer> {
    const { application, environment: asked, tag, limit = DEFAULT_LIMIT, cursor } = input as Input;
    const environment = this.scope.environment(asked, bindings);
    const [path, method] = placeOfCursor(cursor, 2) ?? [];
    const after = path === undefined || method === undefined ? undefined : ([path, method] as const);
    const found = await this.details.endpoints({ application, environment, tag }, bindings, after, limit + 1);
    if (found === undefined) {
      await this.scope.requireEnvironment(environment, application, bindings);
      return answered({ endpoints: [] }, 0);
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const structured = {
      endpoints: page.map(({ id, name, ...operation }) => ({
        id: shortId(id),
        ...operation,
        name: shortened(name, MAX_NAME),
      })),
      ...(found.length > limit && last !== undefined && { nextCursor: listCursor([last.path, last.method]) }),
    };
    return answered(structured, page.length);
  }
}
