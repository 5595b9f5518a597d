import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import { version } from '../version.js';
import { DatabaseHealthIndicator } from './database.health-indicator.js';
import type { HealthResponse, HealthWord } from './dto/health.response.js';

/** How long what the database answered counts as its answer. */
const REUSED_MS = 250;

/**
 * The health of the registry itself. Concurrent callers share one database check, at most four a second:
 * Kubernetes probes are not rate-limited, and must not load the database.
 */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private stopping = false;
  /** Under way, or answered not longer than {@link REUSED_MS} ago. */
  private checking: Promise<boolean> | undefined;

  constructor(
    private readonly checks: HealthCheckService,
    private readonly database: DatabaseHealthIndicator,
  ) {}

  async report(): Promise<HealthResponse> {
    const word: HealthWord = (await this.databaseAnswers()) ? 'ok' : 'error';
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
    this.checking ??= this.checkDatabase();
    return this.checking;
  }

  private async checkDatabase(): Promise<boolean> {
    const isUp = await this.checks.check([() => this.database.check()]).then(
      () => true,
      () => false,
    );
    setTimeout(() => {
      this.checking = undefined;
    }, REUSED_MS).unref();
    return isUp;
  }
}
