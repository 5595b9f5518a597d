import type { CheckStatus } from '../check-status.js';

export type HealthStatus = 'UNKNOWN' | 'ACTIVE' | 'INACTIVE';

/** What is believed of a target, and on how much evidence. */
export interface HealthState {
  readonly healthStatus: HealthStatus;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

/** How many equal outcomes in a row make a status. */
export interface HealthThresholds {
  readonly failures: number;
  readonly successes: number;
}

/** Of a target nothing was learnt of yet. */
export const UNKNOWN_STATE: HealthState = {
  healthStatus: 'UNKNOWN',
  consecutiveFailures: 0,
  consecutiveSuccesses: 0,
};

/**
 * What to believe after one more check. An error is no evidence of either kind, and says that what was believed
 * cannot be checked any more.
 */
export function nextState(state: HealthState, check: CheckStatus, thresholds: HealthThresholds): HealthState {
  switch (check) {
    case 'SUCCESS': {
      const consecutiveSuccesses = state.consecutiveSuccesses + 1;
      const healthStatus = consecutiveSuccesses >= thresholds.successes ? 'ACTIVE' : state.healthStatus;
      return { healthStatus, consecutiveFailures: 0, consecutiveSuccesses };
    }
    case 'FAILURE': {
      const consecutiveFailures = state.consecutiveFailures + 1;
      const healthStatus = consecutiveFailures >= thresholds.failures ? 'INACTIVE' : state.healthStatus;
      return { healthStatus, consecutiveFailures, consecutiveSuccesses: 0 };
    }
    case 'ERROR':
      return UNKNOWN_STATE;
  }
}
