import { startBenchScript } from '../processes/bench-script.js';

/** When requests came, as milliseconds since the epoch, by the address in their `Host` header. */
export type Arrivals = ReadonlyMap<string, Float64Array>;

/** One process that is an HTTP server on every loopback address at once: as many origins as one likes. */
export interface LoopbackOrigins {
  readonly port: number;
  /** What came since the question before. */
  takeArrivals(): Promise<Arrivals>;
  stop(): Promise<void>;
}

/** Addresses in each of the three lower bytes: none is a network's own or its broadcast address. */
const BASE = 250;

/** Starts them. Every path of every origin answers 200 with an empty body. */
export async function startLoopbackOrigins(): Promise<LoopbackOrigins> {
  const started = await startBenchScript(new URL('./every-loopback-address.js', import.meta.url));
  return {
    port: Number(new URL(started.url).port),
    takeArrivals: () => started.ask<Arrivals>('arrivals'),
    stop: () => started.stop(),
  };
}

/** The addresses of so many origins, `127.1.1.1` first; at most 15 million. */
export function loopbackAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = [index / BASE ** 2, index / BASE, index].map((part) => (Math.floor(part) % BASE) + 1);
    return `127.${bytes.join('.')}`;
  });
}
