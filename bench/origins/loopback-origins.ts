import { startBenchScript } from '../processes/bench-script.js';

/** Arrival times of requests, in milliseconds since the epoch, by the address in their `Host` header. */
export type Arrivals = ReadonlyMap<string, Float64Array>;

/** One process that serves HTTP on every loopback address: up to 15 million origins. */
export interface LoopbackOrigins {
  readonly port: number;
  /** The arrivals since the previous call. */
  takeArrivals(): Promise<Arrivals>;
  stop(): Promise<void>;
}

/** Number of values of each of the three lower bytes: none is a network address or a broadcast address. */
const BASE = 250;

/** Starts the origins. Every path of every origin answers 200 with an empty body. */
export async function startLoopbackOrigins(): Promise<LoopbackOrigins> {
  const started = await startBenchScript(new URL('./every-loopback-address.js', import.meta.url));
  return {
    port: Number(new URL(started.url).port),
    takeArrivals: () => started.ask<Arrivals>('arrivals'),
    stop: () => started.stop(),
  };
}

/** The addresses of `count` origins, from `127.1.1.1`; at most 15 million. */
export function loopbackAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = [index / BASE ** 2, index / BASE, index].map((part) => (Math.floor(part) % BASE) + 1);
    return `127.${bytes.join('.')}`;
  });
}
