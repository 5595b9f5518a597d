import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Burst of a budget and its refill per second: an attempt costs one, a comparison one more. */
interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/** For the keys of one application. */
const APPLICATION: Allowance = { burst: 200, perSecond: 2 };
/** For all keys of a network: trying those of many applications, or invented ones, gives no more attempts. */
const NETWORK: Allowance = { burst: 400, perSecond: 10 };

/** Budgets kept; the least recently used are forgotten. */
const MAX_BUDGETS = 10_000;
/** App keys are shorter; longer claims must not fill the memory. */
const MAX_APP_KEY_LENGTH = 128;

/** An attempt of a network with the keys of one application, and its cost. */
export interface Attempt {
  readonly network: string;
  readonly appKey: string;
  readonly cost: number;
}

/**
 * Failure budgets of networks, in total and for each application they claim. The cost of an attempt is consumed
 * before it is made, so that concurrent attempts cannot all pass, and refunded when the key was right.
 */
@Injectable()
export class FailureBudgets {
  private readonly ofNetworks = new Budgets(NETWORK);
  private readonly ofApplications = new Budgets(APPLICATION);

  /**
   * Consumes the cost unless a budget is spent. Returns the whole seconds to wait, 0 when it was consumed.
   */
  consume({ network, appKey, cost }: Attempt): number {
    const application = keyOf(network, appKey);
    const seconds = Math.max(this.ofNetworks.wait(network), this.ofApplications.wait(application));
    if (seconds > 0) return seconds;
    this.ofNetworks.add(network, -cost);
    this.ofApplications.add(application, -cost);
    return 0;
  }

  refund({ network, appKey, cost }: Attempt): void {
    this.ofNetworks.add(network, cost);
    this.ofApplications.add(keyOf(network, appKey), cost);
  }
}

interface Budget {
  /** Below 1 when spent; negative when an attempt cost more than was left. */
  readonly left: number;
  readonly at: number;
}

/** Budgets with one allowance, full at first. */
class Budgets {
  private readonly budgets = new LRUCache<string, Budget>({ max: MAX_BUDGETS });

  constructor(private readonly allowance: Allowance) {}

  /** Whole seconds until the next attempt, 0 unless the budget is spent. */
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
