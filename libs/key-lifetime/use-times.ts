import { Logger } from '@nestjs/common';
import type { Database } from '../database/database.js';
import type { DatabaseClock } from '../database/database-clock.js';

/** Where the times are written. */
export interface UseStore {
  /** @returns the ids of keys that were passed over, because another transaction holds them */
  recordUse(uses: ReadonlyMap<string, Date>): Promise<string[]>;
}

/** Keeps when each key was last used: in memory, written in batches, so that no request pays for it. */
export class UseTimes {
  private pending = new Map<string, Date>();
  private readonly logger: Logger;

  /** @param kind of the keys, as the log names them */
  constructor(
    kind: string,
    private readonly store: UseStore,
    private readonly clock: DatabaseClock,
    database: Database,
  ) {
    this.logger = new Logger(`Use of ${kind}`);
    database.onShutdown(() => this.flush());
  }

  record(keyId: string): void {
    this.pending.set(keyId, this.clock.now());
  }

  /** Writes the times recorded since the last call; times that cannot be written are kept for the next call. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = this.pending;
    this.pending = new Map();
    try {
      const held = await this.store.recordUse(batch);
      this.keep(new Map([...batch].filter(([id]) => held.includes(id))));
    } catch (error) {
      this.keep(batch);
      this.logger.warn(`When keys were last used could not be written: ${(error as Error).message}`);
    }
  }

  /** Kept for the next call; times recorded since then are newer. */
  private keep(batch: ReadonlyMap<string, Date>): void {
    this.pending = new Map([...batch, ...this.pending]);
  }
}
