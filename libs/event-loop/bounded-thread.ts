import type { Piscina } from 'piscina';
import { MEBIBYTE } from '../units/bytes.js';

const LEAST_HEAP_MEBIBYTES = 64;
/** Node's own, 48, comes on top of the heap that the work needs, and is hardly quicker. */
const YOUNG_HEAP_MEBIBYTES = 12;

interface BoundedThreadOptions {
  /** URL of the module that does the work. */
  readonly module: URL;
  /** What its greatest work takes, beyond what any thread has. */
  readonly heapBytes: number;
  readonly idleTimeoutMs: number;
}

type RunOptions = NonNullable<Parameters<Piscina['run']>[1]>;

/** A thread for work that would hold the event loop, with a bounded heap. It starts with the first work, and ends when idle. */
export class BoundedThread {
  private pool: Promise<Piscina> | undefined;

  constructor(private readonly options: BoundedThreadOptions) {}

  /** @throws what the work throws; an error of which {@link isOutOfMemory} is true when it exceeds the heap */
  async run(work: unknown, options: RunOptions): Promise<unknown> {
    const pool = await this.started();
    return pool.run(work, options);
  }

  /** Lets the work under way end. */
  async close(): Promise<void> {
    await (await this.pool)?.close();
  }

  /** Ends the work under way. */
  async destroy(): Promise<void> {
    await (await this.pool)?.destroy();
  }

  /** A start that failed, for lack of file descriptors for example, is tried again with the next work. */
  private started(): Promise<Piscina> {
    const pool = (this.pool ??= newPool(this.options));
    pool.catch(() => {
      this.pool = undefined;
    });
    return pool;
  }
}

export function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

async function newPool({ module, heapBytes, idleTimeoutMs }: BoundedThreadOptions): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: module.href,
    minThreads: 0,
    // More would need more memory, and take the cores that the event loop and bcrypt need.
    maxThreads: 1,
    idleTimeout: idleTimeoutMs,
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_HEAP_MEBIBYTES,
      maxOldGenerationSizeMb: LEAST_HEAP_MEBIBYTES + Math.ceil(heapBytes / MEBIBYTE),
    },
    recordTiming: false,
    // Threads need none of the service's secrets.
    env: {},
  });
}
