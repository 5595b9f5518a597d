import { Injectable } from '@nestjs/common';
import { type Counter, Metrics } from '../metrics/metrics.js';
import type { RefusalReason } from './access.errors.js';

const ACCEPTED = { result: 'accepted' } as const;

/** Counts accepted and refused credentials, and every use of `REGISTRY_ADMIN_KEY`. */
@Injectable()
export class AuthMetrics {
  private readonly counted: Counter<'result'>;
  private readonly adminKeyUses: Counter<never>;

  constructor(metrics: Metrics) {
    this.counted = metrics.counter({
      name: 'mcp_registry_authentications_total',
      help: 'Credentials by what became of them: accepted, or the reason for which they were refused.',
      labels: ['result'],
    });
    // Without labels it begins at 0, so that `increase()` sees the very first use.
    this.adminKeyUses = metrics.counter({
      name: 'mcp_registry_admin_key_uses_total',
      help: 'Requests with a right REGISTRY_ADMIN_KEY, whatever became of them.',
    });
  }

  accepted(): void {
    this.counted.inc(ACCEPTED);
  }

  refused(reason: RefusalReason): void {
    this.counted.inc({ result: reason });
  }

  adminKeyUsed(): void {
    this.adminKeyUses.inc({});
  }
}
