import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { KEPT_MS, RecentOrigins } from './recent-origins.js';

export interface PinnedAgentsOptions {
  /** For a whole exchange, so that each of several addresses gets its share. */
  readonly timeoutMs: number;
  /** PEM; trusted instead of Node's certificate authorities. */
  readonly ca: string | undefined;
}

/** How to send a request over connections to checked addresses. */
export interface PinnedOptions extends RequestOptions {
  /** Sorted, since DNS servers shuffle their answers. Names the connection together with its origin. */
  readonly pinnedTo: string;
  readonly ca: string | undefined;
  readonly autoSelectFamily: boolean;
  readonly autoSelectFamilyAttemptTimeout: number;
}

/**
 * Connections that never ask a DNS: each is tied to one origin and the addresses that were checked for it. When a name
 * moves to other addresses it gets another connection, so that none outlives the check of its addresses.
 */
export class PinnedAgents {
  private readonly agents = { 'http:': new PinnedHttpAgent(KEPT), 'https:': new PinnedHttpsAgent(KEPT) };
  private readonly recent = new RecentOrigins();

  constructor(private readonly options: PinnedAgentsOptions) {}

  /**
   * @param addresses checked ones, at least one, in the order to try them
   */
  optionsFor(url: URL, addresses: readonly string[]): PinnedOptions {
    const { timeoutMs, ca } = this.options;
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    // Without the dot that ends a fully qualified name: TLS knows names without it only.
    const host = url.hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1');
    const keep = this.recent.note(`${protocol}//${host}:${url.port}`);
    return {
      protocol,
      host,
      port: url.port,
      // false: a connection of its own, closed after the answer.
      agent: keep && this.agents[protocol],
      pinnedTo: addresses.toSorted().join(' '),
      lookup: answering(addresses),
      autoSelectFamily: true,
      // Leaves time for the last of several addresses when the first ones are silent.
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.ceil(timeoutMs / (addresses.length + 1))),
      ca,
    };
  }

  /** Breaks every connection that is kept. */
  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}

/** The time limit of a connection without a request: one in use has that of its exchange. */
const KEPT = { keepAlive: true, timeout: KEPT_MS };

class PinnedHttpAgent extends HttpAgent {
  override getName(options?: ClientRequestArgs): string {
    return pinned(super.getName(options), options);
  }
}

class PinnedHttpsAgent extends HttpsAgent {
  override getName(options?: RequestOptions): string {
    return pinned(super.getName(options), options);
  }
}

/** Node reuses a connection, and resumes a TLS session, for requests of the same name only. */
function pinned(name: string, options: object | undefined): string {
  return `${name} ${(options as PinnedOptions).pinnedTo}`;
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
