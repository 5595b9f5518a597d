import { Module } from '@nestjs/common';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { AppKeyAliasesRepository } from './app-key-aliases.repository.js';
import { ApplicationRenamesService } from './application-renames.service.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsImporter } from './applications.importer.js';
import { ApplicationsRepository } from './applications.repository.js';
import { ApplicationsService } from './applications.service.js';

@Module({
  imports: [EnvironmentsModule, OperatorsModule],
  controllers: [ApplicationsController],
  providers: [
    ApplicationsService,
    ApplicationRenamesService,
    ApplicationsImporter,
    ApplicationsRepository,
    AppKeyAliasesRepository,
  ],
  exports: [ApplicationsService, ApplicationRenamesService, ApplicationsImporter],
})
export class ApplicationsModule {}
