import { LRUCache } from 'lru-cache';

/** Clients counted at once; beyond these, the one heard of longest ago is forgotten. */
const MAX_CLIENTS = 10_000;

/** What a client has sent in its current window, this request included. */
export interface RequestCount {
  readonly requests: number;
  /** Until the window ends, at least 1. */
  readonly secondsLeft: number;
}

interface Window {
  requests: number;
  readonly endsAt: number;
}

/** Counts requests by client in windows of fixed length; a client's window begins with its first request. */
export class RequestWindows {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_CLIENTS });

  constructor(private readonly windowSeconds: number) {}

  count(client: string): RequestCount {
    const now = performance.now();
    let window = this.windows.get(client);
    if (window === undefined || window.endsAt <= now) {
      window = { requests: 0, endsAt: now + this.windowSeconds * 1000 };
      this.windows.set(client, window);
    }
    window.requests += 1;
    return { requests: window.requests, secondsLeft: Math.ceil((window.endsAt - now) / 1000) };
  }
}
