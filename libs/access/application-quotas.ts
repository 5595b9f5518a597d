import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { RequestWindows } from '../http/request-windows.js';
import { DomainError } from '../problem-details/domain-error.js';
import type { AccessPolicy } from './access.decorator.js';
import type { Caller } from './caller.js';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** 429: the application has used up what it may send. */
class QuotaExceeded extends DomainError {
  constructor(code: string, allowed: string, retryAfterSeconds: number) {
    super({
      code,
      status: 429,
      title: 'Quota of the application exceeded',
      detail: `This application has sent as much as it may: ${allowed}. Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }
}

/** Bounds what one application sends, whatever its networks: requests a minute and batches an hour, in each process. */
@Injectable()
export class ApplicationQuotas {
  private readonly requests = new RequestWindows(MINUTE_SECONDS);
  private readonly batches = new RequestWindows(HOUR_SECONDS);

  constructor(private readonly config: AppConfig) {}

  /**
   * Counts an admitted request before its body is read.
   *
   * @throws QuotaExceeded
   */
  count(caller: Caller | undefined, policy: AccessPolicy): void {
    if (caller?.kind !== 'application') return;
    const { requestsPerMinute, batchesPerHour } = this.config.applicationQuotas;
    if (requestsPerMinute !== undefined) {
      const { requests, secondsLeft } = this.requests.count(caller.applicationId);
      if (requests > requestsPerMinute) {
        throw new QuotaExceeded(
          'request-quota-exceeded',
          `${requestsPerMinute} requests a minute`,
          secondsLeft,
        );
      }
    }
    // The only route that is for applications alone takes batches.
    if (batchesPerHour !== undefined && policy === 'application') {
      const { requests, secondsLeft } = this.batches.count(caller.applicationId);
      if (requests > batchesPerHour) {
        throw new QuotaExceeded('batch-quota-exceeded', `${batchesPerHour} batches an hour`, secondsLeft);
      }
    }
  }
}
