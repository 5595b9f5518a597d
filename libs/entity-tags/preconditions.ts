import { Injectable } from '@nestjs/common';
import { AsyncContext } from '../async-context/async-context.js';
import { ENCODINGS } from '../http-cache/cached-response.js';
import { PreconditionFailed } from './entity-tag.errors.js';
import type { IfMatch } from './if-match.js';

/** The state of a resource, as `If-Match` is compared with it. */
export interface CurrentState {
  readonly tag: string;
  /** @param given a strong tag, that of the response as it is when it was of an encoding */
  isNamedBy(given: string): boolean;
}

interface Demand {
  readonly ifMatch: IfMatch;
  evaluated: boolean;
}

const ENCODED = new RegExp(`-(?:${ENCODINGS.join('|')})"$`);

/** What the request demands of the resource it changes. */
@Injectable()
export class Preconditions {
  private readonly demands = new AsyncContext<Demand>();

  /** Whether the current request has an `If-Match`: only then its response needs the tag of the new state. */
  get areDemanded(): boolean {
    return this.demands.get() !== undefined;
  }

  /**
   * Evaluates the `If-Match` of the current request, if it has one. A service calls it in the transaction of the change, once
   * what `current` reads is locked and before it changes anything.
   *
   * @throws PreconditionFailed
   */
  async require(current: () => string | CurrentState | Promise<CurrentState>): Promise<void> {
    const demand = this.demands.get();
    if (demand === undefined) return;
    demand.evaluated = true;
    if (demand.ifMatch === '*') return;
    const given = await current();
    const state = typeof given === 'string' ? exactly(given) : given;
    // Proxies that compress name the encoding in the tag as this service does.
    const isMet = demand.ifMatch.some(
      (tag) => state.isNamedBy(tag) || state.isNamedBy(tag.replace(ENCODED, '"')),
    );
    if (!isMet) throw new PreconditionFailed(state.tag);
  }

  /**
   * Runs the handler of a request that demands something.
   *
   * @throws Error when it succeeds without an evaluation: a demand must not be passed over
   */
  async run<Result>(ifMatch: IfMatch, handler: () => Promise<Result>): Promise<Result> {
    const demand: Demand = { ifMatch, evaluated: false };
    const result = await this.demands.run(demand, handler);
    if (!demand.evaluated) throw new Error('The handler of a conditional route did not evaluate If-Match');
    return result;
  }
}

function exactly(tag: string): CurrentState {
  return { tag, isNamedBy: (given) => given === tag };
}
