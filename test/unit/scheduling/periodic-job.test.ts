import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { PeriodicJob } from '#libs/scheduling/periodic-job.js';
import { eventually } from '../../support/eventually.js';
import { afterEach, describe, expect, it } from '../../support/jest.js';

Logger.overrideLogger(false);

describe('PeriodicJob', () => {
  let job: PeriodicJob | undefined;
  afterEach(() => job?.beforeApplicationShutdown());

  function start(run: (signal: AbortSignal) => Promise<void>, atStart = false): PeriodicJob {
    job = new PeriodicJob({ name: 'test', everyMs: 1, atStart }, run, new SchedulerRegistry());
    job.onApplicationBootstrap();
    return job;
  }

  it('runs again and again, also after a failure', async () => {
    let runs = 0;
    start(() => Promise.reject(new Error(`run ${++runs}`)));
    await eventually(() => Promise.resolve(runs >= 3));
  });

  it('never runs twice at a time, and tries the skipped rounds no second time', async () => {
    let [running, most, runs] = [0, 0, 0];
    start(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
      runs += 1;
    });
    await eventually(() => Promise.resolve(runs >= 5));
    expect(most).toBe(1);
  });

  it('aborts the current run at shutdown, waits for its end, and begins none after', async () => {
    let [begun, ended] = [0, 0];
    const started = start((signal) => {
      begun += 1;
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          setTimeout(() => {
            ended += 1;
            resolve();
          }, 20);
        });
      });
    }, true);
    expect(begun).toBe(1);
    await started.beforeApplicationShutdown();
    expect({ begun, ended }).toEqual({ begun: 1, ended: 1 });
    let rounds = 0;
    start(() => Promise.resolve(void (rounds += 1)));
    await eventually(() => Promise.resolve(rounds >= 10));
    expect(begun).toBe(1);
  });
});
