import { type BeforeApplicationShutdown, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';

/** Follows the changes in the database. Without it the feed is never current: every read goes to the database. */
@Module({})
export class DatabaseJobsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly feed: ChangeFeed) {}

  onApplicationBootstrap(): void {
    this.feed.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.feed.stop();
  }
}
