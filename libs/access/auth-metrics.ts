import { Injectable } from '@nestjs/common';
import { type Counter, Metrics } from '../metrics/metrics.js';
import type { RefusalReason } from './access.errors.js';

const ACCEPTED = { result: 'accepted' } as const;

/** Counts accepted and refused credentials. */
@Injectable()
export class AuthMetrics {
  private readonly counted: Counter<'result'>;

  constructor(metrics: Metrics) {
    this.counted = metrics.counter({
      name: 'mcp_registry_authentications_total',
      help: 'Credentials by what became of them: accepted, or the reason for which they were refused.',
      labels: ['result'],
    });
  }

  accepted(): void {
    this.counted.inc(ACCEPTED);
  }

  refused(reason: RefusalReason): void {
    this.counted.inc({ result: reason });
  }
}
