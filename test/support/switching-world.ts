import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillRedis, fillReference, type OldRegistriesSize } from './old-registries.js';
import { type RedisServer, startRedisServer } from './redis-server.js';
import type { RegisteringService } from './registering-service.js';
import { type SpawnedService, spawnService } from './spawned-service.js';
import type { TestDatabase } from './test-database.js';

/** Two filled registries, one to switch to, and services that register there meanwhile. */
export class SwitchingWorld {
  readonly services: RegisteringService[] = [];
  private readonly running: Promise<void>[] = [];

  private constructor(
    readonly reference: TestDatabase,
    readonly redis: RedisServer,
    readonly service: SpawnedService,
    /** Where commands run. */
    readonly folder: string,
  ) {}

  /** @param settings of the service */
  static async open(
    size: OldRegistriesSize,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<SwitchingWorld> {
    const reference = await fillReference(size);
    const redis = await startRedisServer();
    await fillRedis(redis, size);
    const service = await spawnService({ RATE_LIMIT_ENABLED: 'false', ...settings });
    const folder = await mkdtemp(join(tmpdir(), 'registry-switching-'));
    return new SwitchingWorld(reference, redis, service, folder);
  }

  /** The service registers from now on, again and again. */
  switch(service: RegisteringService): void {
    this.services.push(service);
    this.running.push(service.run());
  }

  /** Resolves when no service registers any more. */
  async stopServices(): Promise<void> {
    for (const each of this.services) each.stop();
    await Promise.all(this.running);
  }

  async close(): Promise<void> {
    await this.stopServices();
    await this.service.stop();
    await this.redis.stop();
    await this.reference.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
