import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** What may be spent at once, and how much comes back each second: an attempt costs one, a comparison one more. */
const BURST = 200;
const PER_SECOND = 2;
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

interface Budget {
  /** Below 1 when it is spent; negative when a charge was higher than what was left. */
  readonly left: number;
  readonly at: number;
}

/**
 * Budgets for attempts with wrong keys. What an attempt costs is taken before it is made, so that many at once cannot
 * all pass; whoever turns out to have a right key gets it back.
 */
@Injectable()
export class FailedAttempts {
  private readonly budgets = new LRUCache<string, Budget>({ max: MAX_BUDGETS });

  /** Takes a charge unless the budget is spent. Gives the whole seconds to wait, 0 when it was taken. */
  take(charge: Charge): number {
    const left = this.left(charge);
    if (left < 1) return Math.ceil((1 - left) / PER_SECOND);
    this.keep(charge, left - charge.cost);
    return 0;
  }

  giveBack(charge: Charge): void {
    this.keep(charge, Math.min(BURST, this.left(charge) + charge.cost));
  }

  private left(charge: Charge): number {
    const budget = this.budgets.get(keyOf(charge));
    if (budget === undefined) return BURST;
    return Math.min(BURST, budget.left + ((performance.now() - budget.at) / 1000) * PER_SECOND);
  }

  private keep(charge: Charge, left: number): void {
    this.budgets.set(keyOf(charge), { left, at: performance.now() });
  }
}

function keyOf({ network, appKey }: Charge): string {
  return `${network} ${appKey.slice(0, MAX_APP_KEY_LENGTH)}`;
}
