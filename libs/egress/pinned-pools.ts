import { isIP, type LookupFunction } from 'node:net';
import { Pool } from 'undici';

export interface PinnedPoolsOptions {
  readonly connectTimeoutMs: number;
  /** Trusted instead of Node's certificate authorities. */
  readonly ca: string | undefined;
}

/**
 * Connection pools that never ask a DNS: each is tied to one origin and the addresses that were checked for it.
 * When a name moves to other addresses it gets another pool, so that no connection outlives what it was checked
 * for. A pool is forgotten with its last connection.
 */
export class PinnedPools {
  private readonly pools = new Map<string, Pool>();

  constructor(private readonly options: PinnedPoolsOptions) {}

  /** @param addresses checked ones, at least one, in the order to try them */
  to(origin: string, addresses: readonly string[]): Pool {
    // Servers of names shuffle their answers: the order makes no other pool.
    const key = [origin, ...addresses.toSorted()].join(' ');
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const pool = this.open(origin, addresses);
    this.pools.set(key, pool);
    let connections = 0;
    const forgetWhenUnused = (): void => {
      if (connections > 0 || this.pools.get(key) !== pool) return;
      this.pools.delete(key);
      // Requests that still wait in it are served first.
      void pool.close();
    };
    pool.on('connect', () => {
      connections += 1;
    });
    pool.on('disconnect', () => {
      connections -= 1;
      forgetWhenUnused();
    });
    pool.on('connectionError', forgetWhenUnused);
    return pool;
  }

  /** Breaks every connection. */
  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private open(origin: string, addresses: readonly string[]): Pool {
    const { connectTimeoutMs, ca } = this.options;
    return new Pool(origin, {
      connect: {
        lookup: answering(addresses),
        autoSelectFamily: true,
        // Leaves time for the last of several addresses when the first ones are silent.
        autoSelectFamilyAttemptTimeout: Math.max(10, Math.ceil(connectTimeoutMs / (addresses.length + 1))),
        timeout: connectTimeoutMs,
        ca,
      },
      // The whole exchange has one limit of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: 30_000,
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
