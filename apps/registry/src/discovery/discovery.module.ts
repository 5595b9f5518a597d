import { Module } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryService } from './discovery.service.js';
import { DiscoveryFastPath } from './discovery-fast-path.js';
import { EndpointDetailsRepository } from './endpoint-details.repository.js';
import { EndpointDetailsService } from './endpoint-details.service.js';
import { EndpointSetModule } from './endpoint-set.module.js';
import { OpenApiDocuments } from './openapi-documents.js';

@Module({
  imports: [EndpointSetModule],
  controllers: [DiscoveryController],
  providers: [
    DiscoveryService,
    DiscoveryFastPath,
    OpenApiDocuments,
    EndpointDetailsService,
    EndpointDetailsRepository,
  ],
  exports: [EndpointDetailsService],
})
export class DiscoveryModule {}
