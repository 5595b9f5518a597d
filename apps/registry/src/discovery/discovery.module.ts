import { Module } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryRepository } from './discovery.repository.js';
import { DiscoveryShortcut } from './discovery-shortcut.js';
import { DiscoveryService } from './discovery.service.js';
import { OpenApiDocuments } from './openapi-documents.js';

@Module({
  controllers: [DiscoveryController],
  providers: [DiscoveryService, DiscoveryRepository, DiscoveryShortcut, OpenApiDocuments],
})
export class DiscoveryModule {}
