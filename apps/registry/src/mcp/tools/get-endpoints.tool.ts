import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { ENDPOINT_METHODS } from '#libs/domain/endpoint.js';
import { shortId } from '#libs/short-ids/short-id.js';
import { estimateTokens } from '#libs/tokens/token-estimate.js';
import { type EndpointDetails, EndpointDetailsService } from '../../discovery/endpoint-details.service.js';
import { SearchService } from '../../search/search.service.js';
import { AgentScope } from '../agent-scope.js';
import { callOf, type Detail } from '../call/endpoint-call.js';
import { answered, McpTool, READ_ONLY, type ToolAnswer, ToolRefusal } from '../mcp-tool.js';

const MAX_IDS = 10;
const TOKENS_BY_DETAIL: Readonly<Record<Detail, number>> = { call: 1200, full: 4000 };
const MIN_TOKENS = 200;
const MAX_TOKENS = 20_000;
/** Of what surrounds the endpoints in the answer. */
const ENVELOPE_TOKENS = 60;

interface Input {
  readonly ids?: readonly string[];
  readonly application?: string;
  readonly method?: string;
  readonly path?: string;
  readonly environment?: string;
  readonly detail?: Detail;
  readonly maxTokens?: number;
}

@Injectable()
export class GetEndpointsTool extends McpTool {
  readonly definition: Tool = {
    name: 'get_endpoints',
    title: 'Get what is needed to call endpoints',
    description:
      'URL template, parameters, body schema, authentication, an example request and health of endpoints: by `ids` of a ' +
      'search, or application + method + path. `cut` names what did not fit into maxTokens; `detail: full` tells all.',
    annotations: READ_ONLY,
    inputSchema: {
      type: 'object',
      properties: {
        ids: {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: 200 },
          minItems: 1,
          maxItems: MAX_IDS,
        },
        application: { type: 'string', maxLength: 128, description: 'key' },
        method: { type: 'string', enum: ENDPOINT_METHODS },
        path: { type: 'string', maxLength: 2000 },
        environment: { type: 'string', maxLength: 63, description: 'default production' },
        detail: { type: 'string', enum: ['call', 'full'] },
        maxTokens: { type: 'integer', minimum: MIN_TOKENS, maximum: MAX_TOKENS },
      },
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        endpoints: { type: 'array', items: { type: 'object' } },
        missing: { type: 'array', items: { type: 'string' } },
      },
      required: ['endpoints'],
    },
  };

  constructor(
    private readonly details: EndpointDetailsService,
    private readonly searches: SearchService,
    private readonly scope: AgentScope,
  ) {
    super();
  }

  async call(input: unknown, bindings: Bindings): Promise<ToolAnswer> {
    const { ids, detail = 'call', maxTokens } = input as Input;
    const found =
      ids === undefined ? await this.byName(input as Input, bindings) : await this.byIds(ids, bindings);
    if (found.length === 0) {
      throw new ToolRefusal(
        'None of these endpoints exists any more, or you may not see them. Search again with search_endpoints.',
      );
    }
    const known = new Set(found.flatMap(({ id }) => [id, shortId(id)]));
    const missing = (ids ?? []).filter((id) => !known.has(id));
    return described(found, missing, detail, maxTokens ?? TOKENS_BY_DETAIL[detail] * found.length);
  }

  private byIds(ids: readonly string[], bindings: Bindings): Promise<EndpointDetails[]> {
    return this.details.byIds(
      ids.map((id) => this.searches.endpointId(id)),
      bindings,
    );
  }

  private async byName(
    { application, method, path, environment: asked }: Input,
    bindings: Bindings,
  ): Promise<EndpointDetails[]> {
    if (application === undefined || method === undefined || path === undefined) {
      throw new ToolRefusal('Send either ids, or application, method and path together.');
    }
    const environment = this.scope.environment(asked, bindings);
    const found = await this.details.byName({ application, environment, method, path }, bindings);
    if (found !== undefined) return [found];
    await this.scope.requireEnvironment(environment, application, bindings);
    throw new ToolRefusal(
      `"${application}" has no ${method} ${path} in ${environment}. list_endpoints has all of its endpoints.`,
    );
  }
}

/** The endpoints in at most so many tokens; what one does not need is left to those after it. */
async function described(
  found: readonly EndpointDetails[],
  missing: readonly string[],
  detail: Detail,
  maxTokens: number,
): Promise<ToolAnswer> {
  let left = maxTokens - ENVELOPE_TOKENS - estimateTokens(JSON.stringify(missing));
  const endpoints: object[] = [];
  const unfit: string[] = [];
  for (const [index, endpoint] of found.entries()) {
    const share = Math.floor(left / (found.length - index));
    const placed = placeOf(endpoint);
    const frame = estimateTokens(JSON.stringify(placed));
    const call = callOf(endpoint, detail, share - frame);
    if (call === undefined) {
      unfit.push(shortId(endpoint.id));
      left -= estimateTokens(shortId(endpoint.id));
    } else {
      const { method, url, ...rest } = call;
      const { id, application, environment, path, health } = placed;
      endpoints.push({ id, application, environment, method, path, url, ...rest, health });
      left -= frame + estimateTokens(JSON.stringify(call));
    }
    // Large schemas take milliseconds each.
    await nextTurn();
  }
  const structured = {
    endpoints,
    ...(missing.length > 0 && { missing }),
    ...(unfit.length > 0 && {
      hint: `Too long for maxTokens: ${unfit.join(', ')}. Ask for fewer at once, or with a larger maxTokens.`,
    }),
  };
  return answered(structured, endpoints.length);
}

interface Place {
  readonly id: string;
  readonly application: string;
  readonly environment: string;
  readonly path: string;
  readonly health: { readonly status: string; readonly since?: string };
}

function placeOf({
  id,
  application,
  environment,
  endpoint,
  healthStatus,
  healthStatusChangedAt,
}: EndpointDetails): Place {
  return {
    id: shortId(id),
    application,
    environment,
    path: endpoint?.path ?? '',
    health: {
      status: healthStatus,
      ...(healthStatusChangedAt !== null && { since: healthStatusChangedAt.toISOString() }),
    },
  };
}
