import { isIP, type LookupFunction } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { KEPT_MS, RecentOrigins } from './recent-origins.js';

export interface PinnedPoolsOptions {
  readonly connectTimeoutMs: number;
  /** Trusted instead of Node's certificate authorities. */
  readonly ca: string | undefined;
}

/** A pool for one exchange. */
export interface LentPool {
  readonly pool: Pool;
  /** Whether its connection should stay open afterwards. */
  readonly keep: boolean;
}

interface PinnedPool {
  readonly pool: Pool;
  /** How many are in progress. */
  exchanges: number;
}

/**
 * Connection pools that never ask a DNS: each is tied to one origin and the addresses that were checked for it.
 * When a name moves to other addresses it gets another pool, so that no connection outlives what it was checked
 * for. A pool is forgotten with its last connection.
 */
export class PinnedPools {
  private readonly pools = new Map<string, PinnedPool>();
  private readonly recent = new RecentOrigins();

  constructor(private readonly options: PinnedPoolsOptions) {}

  /**
   * Lends the pool of an origin for one exchange.
   *
   * @param addresses checked ones, at least one, in the order to try them
   */
  async lend<T>(
    origin: string,
    addresses: readonly string[],
    exchange: (lent: LentPool) => Promise<T>,
  ): Promise<T> {
    // Servers of names shuffle their answers: the order makes no other pool.
    const key = [origin, ...addresses.toSorted()].join(' ');
    const pinned = this.pools.get(key) ?? this.open(key, origin, addresses);
    const keep = this.recent.note(origin);
    pinned.exchanges += 1;
    try {
      return await exchange({ pool: pinned.pool, keep });
    } finally {
      pinned.exchanges -= 1;
      if (!keep && pinned.exchanges === 0) this.forget(key, pinned);
    }
  }

  /** Breaks every connection. */
  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  private open(key: string, origin: string, addresses: readonly string[]): PinnedPool {
    const connect = this.connectorTo(addresses);
    const pool = new Pool(origin, {
      connect: (options, callback) => {
        // undici connects anew after an exchange was broken off, for nobody.
        if (pinned.exchanges === 0) callback(new Error('nobody waits for this connection'), null);
        else connect(options, callback);
      },
      // The whole exchange has one limit of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEPT_MS,
      keepAliveMaxTimeout: 30_000,
    });
    const pinned: PinnedPool = { pool, exchanges: 0 };
    this.pools.set(key, pinned);
    this.forgetWhenUnused(key, pinned);
    return pinned;
  }

  private forgetWhenUnused(key: string, pinned: PinnedPool): void {
    let connections = 0;
    const forget = (): void => {
      if (connections === 0) this.forget(key, pinned);
    };
    pinned.pool.on('connect', () => {
      connections += 1;
    });
    pinned.pool.on('disconnect', () => {
      connections -= 1;
      forget();
    });
    pinned.pool.on('connectionError', forget);
  }

  private forget(key: string, { pool }: PinnedPool): void {
    if (this.pools.get(key)?.pool !== pool) return;
    this.pools.delete(key);
    // Requests that still wait in it are served first.
    void pool.close();
  }

  private connectorTo(addresses: readonly string[]): buildConnector.connector {
    const { connectTimeoutMs, ca } = this.options;
    return buildConnector({
      lookup: answering(addresses),
      autoSelectFamily: true,
      // Leaves time for the last of several addresses when the first ones are silent.
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.ceil(connectTimeoutMs / (addresses.length + 1))),
      timeout: connectTimeoutMs,
      ca,
    });
  }
}

/** A look-up that knows one answer, whatever it is asked. */
function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first = { address: '', family: 0 }] = all;
    process.nextTick(() => {
      if (options.all === true) callback(null, all);
      else callback(null, first.address, first.family);
    });
  };
}
