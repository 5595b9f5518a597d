import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** What may be spent at once, and how much comes back each second: an attempt costs one, a comparison one more. */
interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/** With the keys of one application. */
const APPLICATION: Allowance = { burst: 200, perSecond: 2 };
/** With whatever keys: whoever tries those of many applications, or made-up ones, gets no more for that. */
const NETWORK: Allowance = { burst: 400, perSecond: 10 };

/** Beyond these the budget used longest ago is forgotten. */
const MAX_BUDGETS = 10_000;
/** App keys are shorter; a longer claim need not fill the memory. */
const MAX_APP_KEY_LENGTH = 128;

/** Whose failures are counted together, those of one network with the keys of one application, and how many. */
export interface Charge {
  readonly network: string;
  readonly appKey: string;
  readonly cost: number;
}

/**
 * Budgets for attempts with wrong keys: of each network as a whole, and for each application it claims to be. What
 * an attempt costs is taken before it is made, so that many at once cannot all pass; whoever turns out to have a
 * right key gets it back.
 */
@Injectable()
export class FailedAttempts {
  private readonly ofNetworks = new Budgets(NETWORK);
  private readonly ofApplications = new Budgets(APPLICATION);

  /** Takes a charge unless a budget is spent. Gives the whole seconds to wait, 0 when it was taken. */
  take({ network, appKey, cost }: Charge): number {
    const application = keyOf(network, appKey);
    const seconds = Math.max(this.ofNetworks.wait(network), this.ofApplications.wait(application));
    if (seconds > 0) return seconds;
    this.ofNetworks.add(network, -cost);
    this.ofApplications.add(application, -cost);
    return 0;
  }

  giveBack({ network, appKey, cost }: Charge): void {
    this.ofNetworks.add(network, cost);
    this.ofApplications.add(keyOf(network, appKey), cost);
  }
}

interface Budget {
  /** Below 1 when it is spent; negative when a charge was higher than what was left. */
  readonly left: number;
  readonly at: number;
}

/** Budgets with one allowance, full until something is taken. */
class Budgets {
  private readonly budgets = new LRUCache<string, Budget>({ max: MAX_BUDGETS });

  constructor(private readonly allowance: Allowance) {}

  /** Whole seconds until the next attempt may be made: 0 unless the budget is spent. */
  wait(key: string): number {
    const left = this.left(key);
    return left < 1 ? Math.ceil((1 - left) / this.allowance.perSecond) : 0;
  }

  add(key: string, amount: number): void {
    const left = Math.min(this.allowance.burst, this.left(key) + amount);
    this.budgets.set(key, { left, at: performance.now() });
  }

  private left(key: string): number {
    const { burst, perSecond } = this.allowance;
    const budget = this.budgets.get(key);
    if (budget === undefined) return burst;
    return Math.min(burst, budget.left + ((performance.now() - budget.at) / 1000) * perSecond);
  }
}

function keyOf(network: string, appKey: string): string {
  return `${network} ${appKey.slice(0, MAX_APP_KEY_LENGTH)}`;
}
