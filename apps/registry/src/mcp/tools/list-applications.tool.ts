import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { EndpointDetailsService } from '../../discovery/endpoint-details.service.js';
import { AgentScope } from '../agent-scope.js';
import { shortened } from '../call/reduced-schema.js';
import { listCursor, placeOfCursor } from '../list-cursor.js';
import { answered, McpTool, READ_ONLY, type ToolAnswer } from '../mcp-tool.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const MAX_DESCRIPTION = 120;

interface Input {
  readonly environment?: string;
  readonly health?: 'any' | 'healthy';
  readonly limit?: number;
  readonly cursor?: string;
}

@Injectable()
export class ListApplicationsTool extends McpTool {
  readonly definition: Tool = {
    name: 'list_applications',
    title: 'List applications',
    description:
      'Applications of an environment with key, description, number of endpoints and health, by key.',
    annotations: READ_ONLY,
    inputSchema: {
      type: 'object',
      properties: {
        environment: { type: 'string', maxLength: 63, description: 'default production' },
        health: { type: 'string', enum: ['any', 'healthy'] },
        limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: `default ${DEFAULT_LIMIT}` },
        cursor: { type: 'string', maxLength: 1000 },
      },
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        applications: { type: 'array', items: { type: 'object' } },
        nextCursor: { type: 'string' },
      },
      required: ['applications'],
    },
  };

  constructor(
    private readonly details: EndpointDetailsService,
    private readonly scope: AgentScope,
  ) {
    super();
  }

  async call(input: unknown, bindings: Bindings): Promise<ToolAnswer> {
    const { environment: asked, health, limit = DEFAULT_LIMIT, cursor } = input as Input;
    const environment = this.scope.environment(asked, bindings);
    const [after] = placeOfCursor(cursor, 1) ?? [];
    const found = await this.details.applications(
      { environment, healthStatus: health === 'healthy' ? 'ACTIVE' : undefined },
      bindings,
      after,
      limit + 1,
    );
    if (found.length === 0) await this.scope.requireEnvironment(environment, undefined, bindings);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const structured = {
      applications: page.map(({ name, key, description, endpoints, healthStatus }) => ({
        name,
        key,
        ...(description !== null && { description: shortened(description, MAX_DESCRIPTION) }),
        endpoints,
        health: healthStatus,
      })),
      ...(found.length > limit && last !== undefined && { nextCursor: listCursor([last.key]) }),
    };
    return answered(structured, page.length);
  }
}
