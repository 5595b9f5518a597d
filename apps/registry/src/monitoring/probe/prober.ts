import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { EgressClient, type EgressOutcome } from '#libs/egress/egress-client.js';
import { storableText } from '#libs/validation/storable-text.js';
import type { CheckStatus } from '../check-status.js';
import { ProbeMetrics } from './probe-metrics.js';

/** How one check went. */
export interface Check {
  /** When it began. */
  readonly checkedAt: Date;
  readonly status: CheckStatus;
  /** Of the answer; null when there was none. */
  readonly statusCode: number | null;
  /** In seconds; null without a request. */
  readonly responseTime: number | null;
  /** Why it was no success. */
  readonly message: string | null;
}

const MAX_MESSAGE_LENGTH = 500;

/** Probes one URL. */
@Injectable()
export class Prober {
  constructor(
    private readonly egress: EgressClient,
    private readonly metrics: ProbeMetrics,
    private readonly clock: DatabaseClock,
  ) {}

  /** Rejects only when it is aborted, or when the service ends. */
  async check(url: string, signal?: AbortSignal): Promise<Check> {
    const checkedAt = this.clock.now();
    const check = checkOf(await this.egress.get(url, { signal }), checkedAt);
    this.metrics.checked(check.status);
    return check;
  }
}

function checkOf(outcome: EgressOutcome, checkedAt: Date): Check {
  switch (outcome.kind) {
    case 'response': {
      const success = outcome.status >= 200 && outcome.status < 300;
      return {
        checkedAt,
        status: success ? 'SUCCESS' : 'FAILURE',
        statusCode: outcome.status,
        responseTime: outcome.seconds,
        message: success ? null : `HTTP ${outcome.status}`,
      };
    }
    case 'failure':
      return {
        checkedAt,
        status: 'FAILURE',
        statusCode: null,
        responseTime: outcome.seconds,
        message: storableText(outcome.reason, MAX_MESSAGE_LENGTH),
      };
    case 'error':
      return {
        checkedAt,
        status: 'ERROR',
        statusCode: null,
        responseTime: null,
        message: storableText(outcome.reason, MAX_MESSAGE_LENGTH),
      };
  }
}

/** Reasons quote what the other side sent: text that no column can hold would lose a whole batch. */
