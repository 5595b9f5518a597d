import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import { DatabaseHealthIndicator } from './database.health-indicator.js';
import type { HealthResponse, HealthWord } from './dto/health.response.js';
import { version } from '../version.js';

/** The health of the registry itself. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly checks: HealthCheckService,
    private readonly database: DatabaseHealthIndicator,
  ) {}

  async report(): Promise<HealthResponse> {
    const word: HealthWord = (await this.databaseAnswers()) ? 'healthy' : 'unhealthy';
    return { status: word, version, dependencies: { database: word }, timestamp: new Date() };
  }

  /** Whether requests should be sent here: not while the database is away, and not once the stop has begun. */
  async isReady(): Promise<boolean> {
    return !this.stopping && (await this.databaseAnswers());
  }

  /** From now on says that requests should be sent elsewhere. */
  withdraw(): void {
    this.stopping = true;
  }

  beforeApplicationShutdown(): void {
    this.withdraw();
  }

  private databaseAnswers(): Promise<boolean> {
    return this.checks.check([() => this.database.check()]).then(
      () => true,
      () => false,
    );
  }
}
