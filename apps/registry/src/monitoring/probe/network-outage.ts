/** How the probe of a target believed to be healthy went. */
export interface Observation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** No response, not even an error. */
  readonly silent: boolean;
}

/** State changes of a network outage of the registry. */
export type OutageNews = 'began' | 'ended' | 'believed';

const SILENT_SHARE = 0.9;
/** Fewer say nothing: two services behind one broken switch are an outage of theirs. */
const MIN_SAMPLE = 10;
/** The latest part of a round decides, so that an outage shows long before the round is over. */
const SAMPLE_SHARE = 0.2;
const MIN_LATEST = 20;
const MAX_HELD_ROUNDS = 2;

/**
 * Detects an outage of the network of the registry: nearly all healthy targets fall silent at once, and failures
 * say nothing about them. Gives up after two intervals and accepts the results.
 */
export class NetworkOutage {
  private observations: Observation[] = [];
  private since: number | undefined;
  private believed = false;

  /** @param roundMs how long a round of probes takes */
  constructor(private readonly roundMs: number) {}

  /** Whether silence says nothing at the moment. */
  get holds(): boolean {
    return this.since !== undefined && !this.believed;
  }

  /** Takes observations, oldest first, and returns the changes they cause. */
  observe(observed: readonly Observation[], now: number): OutageNews | undefined {
    this.observations = [...this.observations, ...observed].filter(({ at }) => at > now - this.roundMs);
    if (!this.isSilentAllAround()) return this.end();
    if (this.since === undefined) {
      this.since = now;
      return 'began';
    }
    if (this.believed || now - this.since < MAX_HELD_ROUNDS * this.roundMs) return undefined;
    this.believed = true;
    return 'believed';
  }

  private isSilentAllAround(): boolean {
    const { length } = this.observations;
    if (length < MIN_SAMPLE)
      return this.since !== undefined && !this.observations.some(({ silent }) => !silent);
    const latest = this.observations.slice(-Math.max(MIN_LATEST, Math.ceil(length * SAMPLE_SHARE)));
    return latest.filter(({ silent }) => silent).length >= latest.length * SILENT_SHARE;
  }

  private end(): OutageNews | undefined {
    const wasHolding = this.holds;
    this.since = undefined;
    this.believed = false;
    return wasHolding ? 'ended' : undefined;
  }
}
