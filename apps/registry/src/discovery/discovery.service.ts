import { Injectable } from '@nestjs/common';
import { type Listing, listing } from '#libs/pagination/listing.js';
import { ApplicationNotFound } from '../applications/application.errors.js';
import { EnvironmentNotFound } from '../environments/environment.errors.js';
import { type ApplicationRow, DiscoveryRepository } from './discovery.repository.js';
import type { ApplicationsWithEndpointsQuery } from './dto/discovery.query.js';
import type {
  ApplicationWithEndpoints,
  EndpointResponse,
  EndpointsResponse,
} from './dto/discovery.response.js';

/** Applications sent at a time, each with all its endpoints: bounds the memory of one answer. */
const BATCH_SIZE = 50;

@Injectable()
export class DiscoveryService {
  constructor(private readonly discovery: DiscoveryRepository) {}

  /** @throws ApplicationNotFound, EnvironmentNotFound */
  async endpoints(appKey: string, environmentName: string): Promise<EndpointsResponse> {
    const environment = await this.discovery.environment(appKey, environmentName);
    if (environment === undefined) throw new ApplicationNotFound(appKey);
    if (environment === null) throw new EnvironmentNotFound(appKey, environmentName);
    return { environment, endpoints: await this.discovery.endpoints([environment.id]) };
  }

  applicationsWithEndpoints(
    environment: string,
    query: ApplicationsWithEndpointsQuery,
  ): Promise<Listing<ApplicationWithEndpoints>> {
    return listing(
      query,
      async (after, limit) =>
        this.withEndpoints(
          await this.discovery.applications({ environment, healthStatus: query.healthStatus }, after, limit),
        ),
      (application) => application,
      BATCH_SIZE,
    );
  }

  private async withEndpoints(applications: readonly ApplicationRow[]): Promise<ApplicationWithEndpoints[]> {
    const endpoints = await this.discovery.endpoints(applications.map(({ environment }) => environment.id));
    const byEnvironment = new Map<string, EndpointResponse[]>(
      applications.map(({ environment }) => [environment.id, []]),
    );
    for (const endpoint of endpoints) byEnvironment.get(endpoint.environmentId)?.push(endpoint);
    return applications.map(({ environment, ...application }) => ({
      ...application,
      environment: { ...environment, security: null },
      endpoints: byEnvironment.get(environment.id) ?? [],
    }));
  }
}
