import { Module } from '@nestjs/common';
import { MonitoringModule } from '../monitoring/monitoring.module.js';
import { SearchController } from './search.controller.js';
import { SearchRepository } from './search.repository.js';
import { SearchService } from './search.service.js';
import { SearchIndex } from './search-index.js';

/** Endpoints found by words, from an index in memory. */
@Module({
  imports: [MonitoringModule],
  controllers: [SearchController],
  providers: [SearchService, SearchIndex, SearchRepository],
  exports: [SearchService],
})
export class SearchModule {}
