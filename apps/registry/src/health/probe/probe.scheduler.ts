import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ProbeService } from './probe.service.js';

const TICK_MS = 250;

/** Says when; the database says what is due. */
@Injectable()
export class ProbeScheduler {
  constructor(private readonly probes: ProbeService) {}

  @Interval('probe-due-targets', TICK_MS)
  probeDue(): Promise<void> {
    return this.probes.probeDue();
  }

  @Interval('record-probe-results', TICK_MS)
  recordResults(): Promise<void> {
    return this.probes.recordResults();
  }
}
