import { Module } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryRepository } from './discovery.repository.js';
import { DiscoveryService } from './discovery.service.js';
import { DiscoveryFastPath } from './discovery-fast-path.js';
import { OpenApiDocuments } from './openapi-documents.js';

@Module({
  controllers: [DiscoveryController],
  providers: [DiscoveryService, DiscoveryRepository, DiscoveryFastPath, OpenApiDocuments],
})
export class DiscoveryModule {}
