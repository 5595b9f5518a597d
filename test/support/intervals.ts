import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestApp } from './start-app.js';

/** Stops what the service does every few seconds: the test decides when it happens. */
export function stopIntervals(app: TestApp): void {
  const scheduler = app.nest.get(SchedulerRegistry);
  for (const name of scheduler.getIntervals()) scheduler.deleteInterval(name);
}
