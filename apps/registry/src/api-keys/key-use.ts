import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** Keeps when each API key was last used: in memory, written in batches, so that no request pays for it. */
@Injectable()
export class KeyUse {
  private readonly logger = new Logger(KeyUse.name);
  private pending = new Map<string, Date>();

  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly clock: DatabaseClock,
    database: Database,
  ) {
    database.beforeClose(() => this.flush());
  }

  record(apiKeyId: string): void {
    this.pending.set(apiKeyId, this.clock.now());
  }

  /** Writes what was recorded since the last time; what cannot be written is kept for the next time. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = this.pending;
    this.pending = new Map();
    try {
      const held = await this.apiKeys.recordUse(batch);
      this.keep(new Map([...batch].filter(([id]) => held.includes(id))));
    } catch (error) {
      this.keep(batch);
      this.logger.warn(`When API keys were last used could not be written: ${(error as Error).message}`);
    }
  }

  /** For the next round; what was used since then is newer. */
  private keep(batch: ReadonlyMap<string, Date>): void {
    this.pending = new Map([...batch, ...this.pending]);
  }
}
