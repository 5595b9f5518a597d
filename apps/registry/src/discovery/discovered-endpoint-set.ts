import { Injectable } from '@nestjs/common';
import type { EndpointSet } from '#libs/entity-tags/endpoint-set.js';
import type { CurrentState } from '#libs/entity-tags/preconditions.js';
import { DiscoveryRepository } from './discovery.repository.js';
import { endpointsDigest, namedSet, setName } from './endpoints-digest.js';

/** Compares the set of an environment, read by the database alone, with the entity tags of `GET /endpoints`. */
@Injectable()
export class DiscoveredEndpointSet implements EndpointSet {
  constructor(private readonly discovery: DiscoveryRepository) {}

  async state(appKey: string, environment: string): Promise<CurrentState | undefined> {
    const found = await this.discovery.endpointsHash(appKey, environment);
    if (found === undefined) return undefined;
    const { subject, setHash } = found;
    const set = setName(setHash);
    return { tag: `"${endpointsDigest(subject, setHash)}"`, isNamedBy: (given) => namedSet(given) === set };
  }
}
