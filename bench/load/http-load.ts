import autocannon from 'autocannon';
import { ROUND_SECONDS, WARM_UP_SECONDS } from '../durations.js';

interface LoadRequest {
  readonly method?: 'GET' | 'PUT' | 'POST';
  /** Path with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  /** Base URL of the server: `http://127.0.0.1:1234`. */
  readonly url: string;
  readonly connections: number;
  /** Distributed among the connections; each sends its share repeatedly. At least one per connection. */
  readonly requests: readonly LoadRequest[];
  /** Expected status of every response. */
  readonly status: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** 99th percentile of the time to the complete response; the whole round when some connection received none. */
  readonly p99Ms: number;
}

/** Seconds without a response after which a request fails. */
const TIMEOUT_SECONDS = 30;
const SAMPLE_MS = 100;

/**
 * Sends requests for one round on persistent connections; each sends its next request after the response to the last one.
 *
 * @throws Error when a response has another status, or a connection fails
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
      `Not every response under load was ${load.status}: ${answers || 'no responses'}, ${result.errors} errors`,
    );
  }
  const answered = statuses.reduce((sum, [, count]) => sum + count, 0);
  return {
    requestsPerSecond: answered / result.duration,
    p99Ms: answered < load.connections ? seconds * 1000 : result.latency.p99,
  };
}

/** Applies the load before the first round and discards the result. */
export async function warmUp(load: Load): Promise<void> {
  await underLoad(load, WARM_UP_SECONDS);
}

/** Copies, because autocannon modifies the requests. */
function shareOf({ requests, connections }: Load, client: number): autocannon.Request[] {
  return requests.filter((_, index) => index % connections === client).map((request) => ({ ...request }));
}
