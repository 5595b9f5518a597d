import { Global, Module } from '@nestjs/common';
import { EndpointSet } from '#libs/entity-tags/endpoint-set.js';
import { DiscoveredEndpointSet } from './discovered-endpoint-set.js';
import { DiscoveryRepository } from './discovery.repository.js';

/** Global, so that registrations evaluate `If-Match` without knowing discovery. */
@Global()
@Module({
  providers: [DiscoveryRepository, { provide: EndpointSet, useClass: DiscoveredEndpointSet }],
  exports: [DiscoveryRepository, EndpointSet],
})
export class EndpointSetModule {}
