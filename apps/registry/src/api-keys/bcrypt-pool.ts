import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { AppConfig } from '#libs/config/app-config.js';
import { type Counter, type Histogram, Metrics } from '#libs/metrics/metrics.js';
import { KeyChecksUnavailable, KeyCheckTooSlow, TooManyKeyChecks } from './api-key.errors.js';
import type { Comparison, Hashing } from './bcrypt.worker.js';
import { hashFault, MAX_KEY_BYTES } from './comparable-hash.js';

/** An idle service keeps no thread. */
const IDLE_TIMEOUT_MS = 30_000;

/** Most tasks at once, running ones included. Claims nobody has vouched for leave room for the others. */
const CAPACITY = { trusted: 128, unproven: 64 };

/** After a wrong key the next claim nobody vouches for waits so many times as long as the comparison took. */
const REST_FACTOR = 3;

/** How much a task's origin is trusted, which decides how full the pool may be for it to be taken. */
export type Trust = keyof typeof CAPACITY;

/**
 * Runs bcrypt in threads of its own, never on the event loop; refuses at once what it has no room for, and ends a
 * thread whose task exceeds the time limit.
 */
@Injectable()
export class BcryptPool implements OnApplicationShutdown {
  /** How long a task may run, the start of its thread included: five times what the highest cost takes. */
  readonly timeLimitMs: number = 10_000;

  private readonly logger = new Logger('ApiKeys');
  private readonly pool: Piscina;
  private tasks = 0;
  private idleThreads: number;
  /** Tasks that wait for a thread, in their order: in the queue of Piscina their time would run already. */
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<AbortController>();
  private hasEnded = false;
  /** Resolves when the next claim nobody vouches for may be compared. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly durations: Histogram<never>;
  private readonly refusals: Counter<never>;

  constructor({ workers }: AppConfig, metrics: Metrics) {
    // One core of this process's share is left to its event loop.
    this.idleThreads = Math.max(1, Math.floor(availableParallelism() / workers) - 1);
    this.pool = newPool(this.idleThreads);
    // A thread that could not start: Piscina leaves the task it was to run waiting.
    this.pool.on('error', (error: Error) => {
      this.logger.error(`A thread for API keys failed: ${error.message}`);
      for (const task of this.running) task.abort(error);
    });
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

  /** @throws TooManyKeyChecks when there is no room, KeyCheckTooSlow, KeyChecksUnavailable */
  hash(key: string, cost: number): Promise<string> {
    return this.admitted('trusted', () => this.run('hash', { key, cost } satisfies Hashing));
  }

  /**
   * Compares in constant time. Understands `$2a$`, `$2b$` and `$2y$` up to cost 15; anything else matches nothing, nor
   * does a key of which bcrypt would see only the beginning.
   *
   * @throws TooManyKeyChecks when there is no room, KeyCheckTooSlow, KeyChecksUnavailable
   */
  async matches(key: string, hashedKey: string, trust: Trust): Promise<boolean> {
    if (hashFault(hashedKey) !== undefined || Buffer.byteLength(key) > MAX_KEY_BYTES) return false;
    const compare = (): Promise<boolean> => this.run('compare', { key, hashedKey } satisfies Comparison);
    return this.admitted(trust, trust === 'trusted' ? compare : () => this.inTurn(compare));
  }

  /** Runs when all requests have been answered or cut: tasks still running are ended. */
  async onApplicationShutdown(): Promise<void> {
    this.hasEnded = true;
    await this.pool.destroy();
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
    let rest = 0;
    const compared = this.turn.then(async () => {
      const begun = performance.now();
      let isMatch = false;
      try {
        isMatch = await compare();
        return isMatch;
      } finally {
        if (!isMatch) rest = REST_FACTOR * (performance.now() - begun);
      }
    });
    this.turn = compared.catch(() => undefined).then(() => sleep(rest, undefined, { ref: false }));
    return compared;
  }

  private async run<Result>(name: string, task: Hashing | Comparison): Promise<Result> {
    await this.thread();
    const abort = new AbortController();
    const limit = setTimeout(() => {
      abort.abort(new KeyCheckTooSlow());
    }, this.timeLimitMs);
    this.running.add(abort);
    try {
      if (this.hasEnded) throw new KeyChecksUnavailable();
      return (await this.pool.run(task, { name, signal: abort.signal })) as Result;
    } catch (error) {
      if (abort.signal.reason instanceof KeyCheckTooSlow) throw abort.signal.reason;
      if (!this.hasEnded) {
        this.logger.error(`An API key could not be checked or made: ${(error as Error).message}`);
      }
      throw new KeyChecksUnavailable();
    } finally {
      clearTimeout(limit);
      this.running.delete(abort);
      this.giveThreadBack();
    }
  }

  /** Resolves when a thread is free for the caller. */
  private async thread(): Promise<void> {
    if (this.idleThreads > 0) {
      this.idleThreads -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private giveThreadBack(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idleThreads += 1;
    else next();
  }
}

function newPool(maxThreads: number): Piscina {
  return new Piscina({
    filename: new URL('./bcrypt.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads,
    idleTimeout: IDLE_TIMEOUT_MS,
    recordTiming: false,
    // Threads need none of the service's secrets.
    env: {},
  });
}
