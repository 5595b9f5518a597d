import { Module } from '@nestjs/common';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { DefinitionsRepository } from './definitions.repository.js';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsImporter } from './endpoints.importer.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { EndpointsService } from './endpoints.service.js';
import { EnvironmentEndpointsController } from './environment-endpoints.controller.js';

@Module({
  imports: [EnvironmentsModule],
  controllers: [EndpointsController, EnvironmentEndpointsController],
  providers: [EndpointsService, EndpointsImporter, EndpointsRepository, DefinitionsRepository],
  exports: [EndpointsService, EndpointsImporter],
})
export class EndpointsModule {}
