import { availableParallelism } from 'node:os';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Piscina } from 'piscina';
import { TooManyKeyChecks } from './api-key.errors.js';
import type { Comparison, Hashing } from './bcrypt.worker.js';

/** What bcryptjs can compare with: from any other text it throws. */
const COMPARABLE_HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
/** One core is left to the event loop. */
const THREADS = Math.max(1, availableParallelism() - 1);
/** An idle service keeps no thread. */
const IDLE_TIMEOUT_MS = 30_000;

/** Most tasks at once, running ones included. Claims nobody has vouched for leave room for the others. */
const CAPACITY = { trusted: 128, unproven: 64 };

/** How much a task's origin is trusted, which decides how full the pool may be for it to be taken. */
export type Trust = keyof typeof CAPACITY;

/** Runs bcrypt in threads of its own, never on the event loop; refuses at once what it has no room for. */
@Injectable()
export class BcryptPool implements OnApplicationShutdown {
  private pool: Promise<Piscina> | undefined;
  private tasks = 0;

  /** @throws TooManyKeyChecks when there is no room */
  hash(key: string, cost: number): Promise<string> {
    return this.run('hash', { key, cost } satisfies Hashing, 'trusted');
  }

  /**
   * Compares in constant time. Understands `$2a$`, `$2b$` and `$2y$`; anything else matches nothing.
   *
   * @throws TooManyKeyChecks when there is no room
   */
  async matches(key: string, hashedKey: string, trust: Trust): Promise<boolean> {
    if (!COMPARABLE_HASH.test(hashedKey)) return false;
    return this.run('compare', { key, hashedKey } satisfies Comparison, trust);
  }

  /** Runs when all requests have been answered: what is still under way, nobody waits for. */
  async onApplicationShutdown(): Promise<void> {
    const pool = await this.pool;
    await pool?.close();
  }

  private async run<Result>(name: string, task: Hashing | Comparison, trust: Trust): Promise<Result> {
    if (this.tasks >= CAPACITY[trust]) throw new TooManyKeyChecks();
    this.tasks += 1;
    try {
      const pool = await (this.pool ??= newPool());
      return (await pool.run(task, { name })) as Result;
    } finally {
      this.tasks -= 1;
    }
  }
}

/** Made, and its package loaded, when the first task comes: the start does not wait for either. */
async function newPool(): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: new URL('./bcrypt.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    idleTimeout: IDLE_TIMEOUT_MS,
    recordTiming: false,
    // Threads need none of the service's secrets.
    env: {},
  });
}
