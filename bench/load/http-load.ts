import autocannon from 'autocannon';
import { ROUND_SECONDS, WARM_UP_SECONDS } from '../durations.js';

interface LoadRequest {
  readonly method?: 'GET' | 'PUT';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  /** Where it goes: `http://127.0.0.1:1234`. */
  readonly url: string;
  readonly connections: number;
  /** Dealt out to the connections, each of which sends its share over and over. At least one for each. */
  readonly requests: readonly LoadRequest[];
  /** How every one must be answered. */
  readonly status: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** 99th percentile of the time to the whole answer; the whole round when some connection got none. */
  readonly p99Ms: number;
}

/** Seconds without an answer after which a request has failed. */
const TIMEOUT_SECONDS = 30;
const SAMPLE_MS = 100;

/**
 * Sends for one round on connections that are kept open, on each the next request when the last one is answered.
 *
 * @throws Error when an answer has another status, or a connection breaks
 */
export async function underLoad(load: Load, seconds = ROUND_SECONDS): Promise<LoadResult> {
  let client = 0;
  const result = await autocannon({
    url: load.url,
    connections: load.connections,
    duration: seconds,
    timeout: TIMEOUT_SECONDS,
    sampleInt: SAMPLE_MS,
    setupClient: (connection) => {
      connection.setRequests(shareOf(load, client++));
    },
  });
  const statuses = Object.entries(result.statusCodeStats ?? {}).map(
    ([status, { count = 0 }]) => [Number(status), count] as const,
  );
  if (result.errors > 0 || statuses.some(([status]) => status !== load.status)) {
    const answers = statuses.map(([status, count]) => `${count} × ${status}`).join(', ');
    throw new Error(
      `Under load not all was answered with ${load.status}: ${answers || 'no answers'}, ${result.errors} errors`,
    );
  }
  const answered = statuses.reduce((sum, [, count]) => sum + count, 0);
  return {
    requestsPerSecond: answered / result.duration,
    p99Ms: answered < load.connections ? seconds * 1000 : result.latency.p99,
  };
}

/** The load before the first round, of which nothing is kept. */
export async function warmUp(load: Load): Promise<void> {
  await underLoad(load, WARM_UP_SECONDS);
}

/** Copies, because autocannon writes into what it sends. */
function shareOf({ requests, connections }: Load, client: number): autocannon.Request[] {
  return requests.filter((_, index) => index % connections === client).map((request) => ({ ...request }));
}
