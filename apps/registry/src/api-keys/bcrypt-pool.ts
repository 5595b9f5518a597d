import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Piscina } from 'piscina';
import { AppConfig } from '#libs/config/app-config.js';
import { type Counter, type Histogram, Metrics } from '#libs/metrics/metrics.js';
import { TooManyKeyChecks } from './api-key.errors.js';
import type { Comparison, Hashing } from './bcrypt.worker.js';
import { isComparableHash } from './comparable-hash.js';

/** An idle service keeps no thread. */
const IDLE_TIMEOUT_MS = 30_000;

/** Most tasks at once, running ones included. Claims nobody has vouched for leave room for the others. */
const CAPACITY = { trusted: 128, unproven: 64 };

/** After a wrong key the next claim nobody vouches for waits so many times as long as the comparison took. */
const REST_FACTOR = 3;

/** How much a task's origin is trusted, which decides how full the pool may be for it to be taken. */
export type Trust = keyof typeof CAPACITY;

/** Runs bcrypt in threads of its own, never on the event loop; refuses at once what it has no room for. */
@Injectable()
export class BcryptPool implements OnApplicationShutdown {
  private pool: Promise<Piscina> | undefined;
  private tasks = 0;
  /** Resolves when the next claim nobody vouches for may be compared. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly durations: Histogram<never>;
  private readonly refusals: Counter<never>;

  constructor(
    private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    metrics.gauge(
      {
        name: 'mcp_registry_bcrypt_tasks',
        help: `Keys that are being checked or made, or wait for it; refused beyond ${CAPACITY.trusted} of each process.`,
        ofWorkers: 'sum',
      },
      {},
      () => this.tasks,
    );
    this.durations = metrics.histogram({
      name: 'mcp_registry_bcrypt_task_duration_seconds',
      help: 'How long callers waited for keys to be checked or made, the wait for their turn included.',
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    });
    this.refusals = metrics.counter({
      name: 'mcp_registry_bcrypt_refused_total',
      help: 'Keys that were not checked or made because too many were waiting.',
    });
  }

  /** @throws TooManyKeyChecks when there is no room */
  hash(key: string, cost: number): Promise<string> {
    return this.admitted('trusted', () => this.run('hash', { key, cost } satisfies Hashing));
  }

  /**
   * Compares in constant time. Understands `$2a$`, `$2b$` and `$2y$`; anything else matches nothing.
   *
   * @throws TooManyKeyChecks when there is no room
   */
  async matches(key: string, hashedKey: string, trust: Trust): Promise<boolean> {
    if (!isComparableHash(hashedKey)) return false;
    const compare = (): Promise<boolean> => this.run('compare', { key, hashedKey } satisfies Comparison);
    return this.admitted(trust, trust === 'trusted' ? compare : () => this.inTurn(compare));
  }

  /** Runs when all requests have been answered: what is still under way, nobody waits for. */
  async onApplicationShutdown(): Promise<void> {
    const pool = await this.pool;
    await pool?.close();
  }

  private async admitted<Result>(trust: Trust, task: () => Promise<Result>): Promise<Result> {
    if (this.tasks >= CAPACITY[trust]) {
      this.refusals.inc({});
      throw new TooManyKeyChecks();
    }
    this.tasks += 1;
    const admittedAt = performance.now();
    try {
      return await task();
    } finally {
      this.tasks -= 1;
      this.durations.observe({}, (performance.now() - admittedAt) / 1000);
    }
  }

  /**
   * One after the other, with a rest after every wrong key: a flood of them gets a quarter of a thread at most, from
   * however many addresses it comes, while right ones follow each other at once.
   */
  private inTurn(compare: () => Promise<boolean>): Promise<boolean> {
    const compared = this.turn.then(async () => {
      const begun = performance.now();
      const isMatch = await compare();
      return { isMatch, rest: isMatch ? 0 : REST_FACTOR * (performance.now() - begun) };
    });
    this.turn = compared.then(
      ({ rest }) => sleep(rest, undefined, { ref: false }),
      () => undefined,
    );
    return compared.then(({ isMatch }) => isMatch);
  }

  private async run<Result>(name: string, task: Hashing | Comparison): Promise<Result> {
    const pool = await (this.pool ??= newPool(this.config.workers));
    return (await pool.run(task, { name })) as Result;
  }
}

/** Made, and its package loaded, when the first task comes: the start does not wait for either. */
async function newPool(workers: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: new URL('./bcrypt.worker.js', import.meta.url).href,
    minThreads: 0,
    // One core of this process's share is left to its event loop.
    maxThreads: Math.max(1, Math.floor(availableParallelism() / workers) - 1),
    idleTimeout: IDLE_TIMEOUT_MS,
    recordTiming: false,
    // Threads need none of the service's secrets.
    env: {},
  });
}
