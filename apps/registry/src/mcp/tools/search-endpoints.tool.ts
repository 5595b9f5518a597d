import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { ENDPOINT_METHODS } from '#libs/domain/endpoint.js';
import type { SearchResult } from '../../search/dto/search-result.js';
import { SearchService } from '../../search/search.service.js';
import { AgentScope } from '../agent-scope.js';
import { answered, McpTool, READ_ONLY, type ToolAnswer } from '../mcp-tool.js';
import { hitsWithin, linesOf } from './search-hits.js';

const DEFAULT_LIMIT = 8;
const MAX_LIMIT = 20;
/** Eight hits take 600 tokens at most, fewer no more than that. */
const MAX_TOKENS = 590;
const TOKENS_OF_HIT = MAX_TOKENS / DEFAULT_LIMIT;

interface Input {
  readonly query: string;
  readonly alsoTry?: readonly string[];
  readonly environment?: string;
  readonly application?: string;
  readonly method?: string;
  readonly health?: 'any' | 'healthy';
  readonly limit?: number;
  readonly cursor?: string;
}

@Injectable()
export class SearchEndpointsTool extends McpTool {
  readonly definition: Tool = {
    name: 'search_endpoints',
    title: 'Search REST endpoints',
    description:
      'Find REST endpoints of registered applications. `query`: the need as it is. `alsoTry`: up to 4 other phrasings ' +
      'in the words API authors use: verb and resource, synonyms, English. Best first; score 0-100, below 40 is a guess. ' +
      'Then call get_endpoints with the ids.',
    annotations: READ_ONLY,
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', minLength: 1, maxLength: 1000 },
        alsoTry: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 1000 }, maxItems: 4 },
        environment: { type: 'string', maxLength: 63, description: 'default production' },
        application: { type: 'string', maxLength: 128, description: 'key' },
        method: { type: 'string', enum: ENDPOINT_METHODS },
        health: { type: 'string', enum: ['any', 'healthy'] },
        limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: 'default 8' },
        cursor: { type: 'string', maxLength: 100 },
      },
      required: ['query'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        hits: { type: 'array', items: { type: 'object' } },
        goodMatch: { type: 'boolean' },
        suggestions: { type: 'array', items: { type: 'string' } },
        nextCursor: { type: 'string' },
      },
      required: ['hits', 'goodMatch'],
    },
  };

  /** By the result that they are made of: the search remembers results, too. */
  private readonly answers = new WeakMap<SearchResult, ToolAnswer>();

  constructor(
    private readonly searches: SearchService,
    private readonly scope: AgentScope,
  ) {
    super();
  }

  async call(input: unknown, bindings: Bindings): Promise<ToolAnswer> {
    const {
      query,
      alsoTry = [],
      application,
      method,
      health,
      limit = DEFAULT_LIMIT,
      cursor,
    } = input as Input;
    const environment = this.scope.environment((input as Input).environment, bindings);
    const found = await this.searches.search(
      {
        phrasings: [query, ...alsoTry],
        environment,
        application,
        method,
        healthyOnly: health === 'healthy',
        kinds: ['endpoints'],
        limit,
        cursor,
      },
      bindings,
    );
    const known = this.answers.get(found);
    if (known !== undefined) return known;
    if (found.hits.length === 0) await this.scope.requireEnvironment(environment, application, bindings);
    const answer = answerOf(found, alsoTry.length > 0);
    this.answers.set(found, answer);
    return answer;
  }
}

function answerOf({ hits, goodMatch, suggestions, nextCursor }: SearchResult, hasTried: boolean): ToolAnswer {
  const tokens = Math.max(MAX_TOKENS, TOKENS_OF_HIT * hits.length);
  const hint = hintOf(hits.length > 0, suggestions.length > 0, hasTried);
  const structured = {
    hits: hitsWithin(hits, tokens, JSON.stringify),
    goodMatch,
    ...(!goodMatch && { suggestions, hint }),
    ...(nextCursor !== null && { nextCursor }),
  };
  const nearest = suggestions.length > 0 ? [`Nearest names: ${suggestions.join(', ')}`] : [];
  const text = [
    ...(hits.length > 0 ? [linesOf(hitsWithin(hits, tokens, linesOf))] : []),
    ...(goodMatch ? [] : [hint, ...nearest]),
    ...(nextCursor === null ? [] : [`nextCursor: ${nextCursor}`]),
  ].join('\n');
  return answered(structured, hits.length, text);
}

function hintOf(hasHits: boolean, hasSuggestions: boolean, hasTried: boolean): string {
  const next = hasTried
    ? 'Try list_applications and list_endpoints.'
    : 'Try again with other phrasings in alsoTry, or list_applications.';
  if (hasHits) return `No endpoint fits well; these are the nearest. ${next}`;
  return hasSuggestions
    ? `Nothing found; suggestions has the nearest names. ${next}`
    : `Nothing found. ${next}`;
}
