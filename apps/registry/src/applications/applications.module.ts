import { Module } from '@nestjs/common';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsImporter } from './applications.importer.js';
import { ApplicationsRepository } from './applications.repository.js';
import { ApplicationsService } from './applications.service.js';

@Module({
  imports: [EnvironmentsModule],
  controllers: [ApplicationsController],
  providers: [ApplicationsService, ApplicationsImporter, ApplicationsRepository],
  exports: [ApplicationsService, ApplicationsImporter],
})
export class ApplicationsModule {}
