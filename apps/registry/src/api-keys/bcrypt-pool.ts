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

/** Tasks at once, running ones included. Unverified keys may use at most half. */
const CAPACITY = { trusted: 128, unverified: 64 };

/** After a wrong key the next unverified one waits this many times as long as the comparison took. */
const REST_FACTOR = 3;

/** The origin of a task, which limits how full the pool may be for it. */
export type Trust = keyof typeof CAPACITY;

/**
 * Runs bcrypt in worker threads. Refuses tasks beyond its capacity, and terminates a thread whose task exceeds the
 * time limit.
 */
@Injectable()
export class BcryptPool implements OnApplicationShutdown {
  /** How long a task may run, the start of its thread included: five times what the highest cost takes. */
  readonly timeLimitMs: number = 10_000;

  private readonly logger = new Logger('ApiKeys');
  private readonly pool: Piscina;
  private tasks = 0;
  private idleThreads: number;
  /** Tasks waiting for a thread, in order: in the queue of Piscina their time limit would run already. */
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<AbortController>();
  private hasEnded = false;
  /** Resolves when the next unverified key may be compared. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly durations: Histogram<never>;
  private readonly refusals: Counter<never>;

  constructor({ workers }: AppConfig, metrics: Metrics) {
    // One core of the share of this process is left to its event loop.
    this.idleThreads = Math.max(1, Math.floor(availableParallelism() / workers) - 1);
    this.pool = newPool(this.idleThreads);
    // Piscina leaves the task of a thread that could not start waiting.
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
   * Compares in constant time. Supports `$2a$`, `$2b$` and `$2y$` up to cost 15; other hashes match nothing, nor
   * do keys longer than bcrypt reads.
   *
   * @throws TooManyKeyChecks when there is no room, KeyCheckTooSlow, KeyChecksUnavailable
   */
  async matches(key: string, hashedKey: string, trust: Trust): Promise<boolean> {
    if (hashFault(hashedKey) !== undefined || Buffer.byteLength(key) > MAX_KEY_BYTES) return false;
    const compare = (): Promise<boolean> => this.run('compare', { key, hashedKey } satisfies Comparison);
    return this.admitted(trust, trust === 'trusted' ? compare : () => this.inTurn(compare));
  }

  /** Runs after the last request; terminates running tasks. */
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
   * Runs one comparison at a time, with a rest after every wrong key: a flood gets a quarter of a thread at
   * most, from however many addresses, while valid keys follow each other immediately.
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
    await this.acquireThread();
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
      this.releaseThread();
    }
  }

  /** Resolves when a thread is free for the caller. */
  private async acquireThread(): Promise<void> {
    if (this.idleThreads > 0) {
      this.idleThreads -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private releaseThread(): void {
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
