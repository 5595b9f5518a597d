import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { DEFAULT_ENVIRONMENT } from '#libs/access/requested-environment.js';
import { EndpointDetailsService } from '../discovery/endpoint-details.service.js';
import { SearchService } from '../search/search.service.js';
import { ToolRefusal } from './mcp-tool.js';

/** Says what an agent means and may see, and what it may have meant. */
@Injectable()
export class AgentScope {
  constructor(
    private readonly details: EndpointDetailsService,
    private readonly searches: SearchService,
  ) {}

  /** The environment asked for; otherwise `production`, or the first that the agent is bound to. */
  environment(asked: string | undefined, { environments }: Bindings): string {
    if (asked !== undefined) return asked;
    if (environments === null || environments.includes(DEFAULT_ENVIRONMENT)) return DEFAULT_ENVIRONMENT;
    return environments[0] ?? DEFAULT_ENVIRONMENT;
  }

  /** Refuses an environment that the agent sees nowhere, or that an application does not have. @throws ToolRefusal */
  async requireEnvironment(
    environment: string,
    application: string | undefined,
    bindings: Bindings,
  ): Promise<void> {
    const names = await this.details.environmentNames(application, bindings);
    if (names.includes(environment)) return;
    if (names.length > 0) {
      const whose = application === undefined ? '' : ` of the application "${application}"`;
      throw new ToolRefusal(
        `There is no environment "${environment}"${whose}. There are: ${names.join(', ')}.`,
      );
    }
    if (application === undefined) {
      // An empty registry has no environment, and is no fault of the agent.
      if (bindings.environments === null || bindings.includesEnvironment(environment)) return;
      throw new ToolRefusal(
        `You may not see the environment "${environment}". You may see: ${bindings.environments.join(', ')}.`,
      );
    }
    const nearest = await this.searches.nearestApplications(application, bindings);
    throw new ToolRefusal(
      nearest.length === 0
        ? `There is no application "${application}". list_applications has all of them.`
        : `There is no application "${application}". Did you mean ${nearest.map((key) => `"${key}"`).join(' or ')}?`,
    );
  }
}
