import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PeriodicJob } from '#libs/scheduling/periodic-job.js';

/** The background jobs of an application. */
export function periodicJobsOf(app: INestApplicationContext): PeriodicJob[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.providers.values()])
    .map(({ instance }) => instance)
    .filter((instance) => instance instanceof PeriodicJob);
}

/** Stops what the service does every few seconds: the test decides when it happens. */
export function stopIntervals({ nest }: { readonly nest: INestApplicationContext }): void {
  for (const job of periodicJobsOf(nest)) void job.pause();
}
