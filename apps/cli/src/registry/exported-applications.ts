import { NotFound } from './answers.js';
import { type RegistryClient, segment } from './registry-client.js';
import type { Application, Discovery, Environment } from './shapes.js';

/** How many applications are asked for at once: enough to hide the way there and back, few enough for memory. */
const AT_ONCE = 8;
/** What probes change all the time, and what is no part of what was registered. */
const STATE_OF_HEALTH = new Set([
  'healthStatus',
  'healthStatusChangedAt',
  'lastHealthCheckAt',
  'consecutiveFailures',
  'consecutiveSuccesses',
]);

/**
 * All applications, or one, each with its environments and their endpoints as registered: oldest first, without
 * secrets and without their state of health, so that two exports differ only where the registry does. What is
 * deleted meanwhile is left out.
 *
 * @throws Failure when there is no application of the app key that was given
 */
export async function* exportedApplications(
  registry: RegistryClient,
  appKey?: string,
): AsyncGenerator<object> {
  if (appKey !== undefined) {
    yield await exported(registry, appKey);
    return;
  }
  for await (const page of registry.pages<Application>('/applications')) {
    for (let start = 0; start < page.length; start += AT_ONCE) {
      const some = page.slice(start, start + AT_ONCE);
      const found = await Promise.all(some.map((each) => unlessDeleted(exported(registry, each.appKey))));
      yield* found.filter((each) => each !== undefined);
    }
  }
}

async function exported(registry: RegistryClient, appKey: string): Promise<object> {
  const { environments = [], ...application } = await registry.get<Application>(
    `/applications/${segment(appKey)}`,
  );
  const complete: object[] = [];
  for (const environment of environments) {
    const endpoints = await unlessDeleted(endpointsOf(registry, appKey, environment));
    if (endpoints !== undefined) complete.push({ ...asRegistered(environment), endpoints });
  }
  return { ...asRegistered(application), environments: complete };
}

async function endpointsOf(
  registry: RegistryClient,
  appKey: string,
  { name }: Environment,
): Promise<Discovery['endpoints']> {
  const { endpoints } = await registry.get<Discovery>('/endpoints', { app_key: appKey, environment: name });
  return endpoints;
}

function asRegistered(thing: object): object {
  return Object.fromEntries(Object.entries(thing).filter(([field]) => !STATE_OF_HEALTH.has(field)));
}

async function unlessDeleted<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
