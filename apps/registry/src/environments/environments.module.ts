import { Module } from '@nestjs/common';
import { EnvironmentsController } from './environments.controller.js';
import { EnvironmentsImporter } from './environments.importer.js';
import { EnvironmentsRepository } from './environments.repository.js';
import { EnvironmentsService } from './environments.service.js';

@Module({
  controllers: [EnvironmentsController],
  providers: [EnvironmentsService, EnvironmentsImporter, EnvironmentsRepository],
  exports: [EnvironmentsService, EnvironmentsImporter],
})
export class EnvironmentsModule {}
