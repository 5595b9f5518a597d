import type { HealthStatus } from '#libs/domain/status.js';
import type { CheckStatus } from '../check-status.js';

/** Health status and its counters. */
export interface HealthState {
  readonly healthStatus: HealthStatus;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

/** Equal results in a row that change the status. */
export interface HealthThresholds {
  readonly failures: number;
  readonly successes: number;
}

/** State before the first check. */
export const UNKNOWN_STATE: HealthState = {
  healthStatus: 'UNKNOWN',
  consecutiveFailures: 0,
  consecutiveSuccesses: 0,
};

/** The state after one more check. An error counts neither way, and makes the status unknown. */
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
