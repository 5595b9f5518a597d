import { NO_TRACING, type OutboundResult, type Tracing } from '#libs/tracing/tracing.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';
import { type AddressResolver, systemResolver } from './address-resolver.js';
import { type EgressPolicy, literalAddress } from './egress-policy.js';
import { Failed, NotAsked, StaleConnection } from './exchange-errors.js';
import { failureOfLookup, failureReason, ownLimit } from './failure-reason.js';
import { type FinalResponse, httpGet } from './http-get.js';
import { PinnedAgents } from './pinned-agents.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** How an exchange ended. `seconds` is how long all of it took: DNS, redirects and body included. */
export type EgressOutcome =
  /** The other side answered; after redirects, the last answer counts. */
  | { readonly kind: 'response'; readonly status: number; readonly seconds: number }
  /** It was asked and gave no answer: timeout, refused or broken connection, TLS, DNS, redirects without end. */
  | { readonly kind: 'failure'; readonly reason: string; readonly seconds: number }
  /** It was not asked: the URL is malformed, or the policy refuses it. */
  | { readonly kind: 'error'; readonly reason: string; readonly seconds: number };

export interface EgressClientOptions {
  readonly policy: EgressPolicy;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  readonly resolver?: AddressResolver;
  /** Records a span for each exchange; without it, no trace context is sent. */
  readonly tracing?: Tracing;
  /** PEM; trusted instead of Node's certificate authorities. */
  readonly ca?: string;
}

/** How a URL is asked for. */
interface Exchange {
  readonly signal: AbortSignal;
  readonly traceparent: string | undefined;
}

/**
 * Asks URLs that others registered. Every name is resolved once, every address it has is checked, and only a
 * checked address is connected to; the same on every redirect. Nothing else in the registry may open connections
 * to foreign hosts.
 */
export class EgressClient {
  private readonly policy: EgressPolicy;
  private readonly timeoutMs: number;
  private readonly resolver: AddressResolver;
  private readonly tracing: Tracing;
  private readonly agents: PinnedAgents;
  private readonly exchanges = new Set<AbortController>();
  private closed = false;

  constructor({
    policy,
    timeoutMs,
    resolver = systemResolver,
    tracing = NO_TRACING,
    ca,
  }: EgressClientOptions) {
    this.policy = policy;
    this.timeoutMs = timeoutMs;
    this.resolver = resolver;
    this.tracing = tracing;
    this.agents = new PinnedAgents({ timeoutMs, ca });
  }

  /**
   * One GET. Whatever the URL holds and the network does is an outcome; it rejects only when it is aborted or the
   * client is closed, since then there is nothing to say about the other side.
   */
  async get(url: string, { signal }: { signal?: AbortSignal } = {}): Promise<EgressOutcome> {
    if (this.closed) throw new Error(CLOSED);
    signal?.throwIfAborted();
    return this.tracing.outbound(url, (traceparent) => this.getWith(traceparent, url, signal), resultOf);
  }

  private async getWith(
    traceparent: string | undefined,
    url: string,
    signal: AbortSignal | undefined,
  ): Promise<EgressOutcome> {
    const exchange = new AbortController();
    const abort = (): void => {
      exchange.abort(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.exchanges.add(exchange);
    const timedOut = new Error(`timeout after ${this.timeoutMs / 1000} s`);
    const timer = setTimeout(() => {
      exchange.abort(timedOut);
    }, this.timeoutMs);
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const status = await this.follow(url, { signal: exchange.signal, traceparent });
      return { kind: 'response', status, seconds: seconds() };
    } catch (error) {
      if (exchange.signal.reason === timedOut) {
        return { kind: 'failure', reason: timedOut.message, seconds: seconds() };
      }
      exchange.signal.throwIfAborted();
      if (error instanceof Failed) return { kind: 'failure', reason: error.message, seconds: seconds() };
      const notAsked = error instanceof NotAsked ? error.message : ownLimit(error);
      if (notAsked !== undefined) return { kind: 'error', reason: notAsked, seconds: seconds() };
      return { kind: 'failure', reason: failureReason(error), seconds: seconds() };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.exchanges.delete(exchange);
    }
  }

  /** Ends all exchanges and connections; calls of {@link get} that wait for them reject. */
  close(): void {
    this.closed = true;
    for (const exchange of this.exchanges) exchange.abort(new Error(CLOSED));
    this.agents.close();
  }

  private async follow(target: string, how: Exchange): Promise<number> {
    const asked = new Set<string>();
    let onTheWay = '';
    try {
      let url = this.accepted(target);
      for (;;) {
        asked.add(withoutFragment(url));
        const { status, location } = await this.ask(url, how);
        if (location === undefined || !REDIRECTS.has(status)) return status;
        onTheWay = 'redirect: ';
        const next = this.accepted(location, url);
        if (asked.has(withoutFragment(next))) throw new Failed(`redirect loop at ${withoutFragment(next)}`);
        if (asked.size > MAX_REDIRECTS) throw new Failed(`more than ${MAX_REDIRECTS} redirects`);
        url = next;
      }
    } catch (error) {
      throw error instanceof NotAsked ? new NotAsked(`${onTheWay}${error.message}`) : error;
    }
  }

  private accepted(text: string, from?: URL): URL {
    const url = parsedUrl(text, from?.href);
    if (url === undefined) throw new NotAsked('the URL is malformed');
    const refusal = this.policy.refusalOfUrl(url);
    if (refusal !== undefined) throw new NotAsked(refusal);
    // Without verification any host on the path could answer.
    if (from?.protocol === 'https:' && url.protocol === 'http:') {
      throw new NotAsked('from https: to http: is refused');
    }
    return url;
  }

  private async ask(url: URL, how: Exchange): Promise<FinalResponse> {
    const addresses = await this.checkedAddresses(url.hostname, how.signal);
    try {
      return await this.exchange(url, addresses, how);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return await this.exchange(url, addresses, how);
    }
  }

  private exchange(
    url: URL,
    addresses: readonly string[],
    { signal, traceparent }: Exchange,
  ): Promise<FinalResponse> {
    return httpGet({
      ...this.agents.optionsFor(url, addresses),
      path: `${url.pathname}${url.search}`,
      headers: {
        accept: '*/*',
        'user-agent': 'mcp-registry-server',
        ...(traceparent !== undefined && { traceparent }),
      },
      signal,
    });
  }

  private async checkedAddresses(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const literal = literalAddress(hostname);
    const addresses = literal === undefined ? await this.resolve(hostname, signal) : [literal.toString()];
    const refusal = this.policy.refusalOfAnswer(hostname, addresses);
    if (refusal !== undefined) throw new NotAsked(refusal);
    return addresses;
  }

  private async resolve(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const answer = this.resolver.resolve(hostname).catch((error: unknown) => {
      throw ownLimit(error) === undefined ? new Failed(failureOfLookup(hostname, error)) : error;
    });
    const addresses = await unlessAborted(answer, signal);
    if (addresses.length === 0) throw new Failed(`${hostname} does not resolve (no address)`);
    return addresses;
  }
}

const CLOSED = 'the egress client is closed';

function resultOf(outcome: EgressOutcome): OutboundResult {
  return outcome.kind === 'response' ? { statusCode: outcome.status } : { failure: outcome.kind };
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function withoutFragment(url: URL): string {
  return url.href.slice(0, url.href.length - url.hash.length);
}
