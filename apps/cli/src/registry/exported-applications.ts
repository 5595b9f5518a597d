import { NotFound } from './answers.js';
import { type RegistryClient, segment } from './registry-client.js';
import type { Application, Discovery, Environment, SingleApplication } from './shapes.js';

/** Applications requested at once: enough to hide the round trip, few enough for memory. */
const AT_ONCE = 8;
/** Fields that probes change, which were not registered. */
const STATE_OF_HEALTH = new Set([
  'healthStatus',
  'healthStatusChangedAt',
  'lastHealthCheckAt',
  'consecutiveFailures',
  'consecutiveSuccesses',
]);

/**
 * All applications, or one, each with its environments and their endpoints as registered: oldest first, without
 * secrets and without health status, so that two exports differ only where the registry does. An application deleted
 * meanwhile is left out.
 *
 * @throws Failure when the given application does not exist
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
  // Former app keys end by themselves.
  const {
    environments = [],
    formerAppKeys: _,
    ...application
  } = await registry.get<SingleApplication>(`/applications/${segment(appKey)}`);
  const complete: object[] = [];
  for (const environment of environments) {
    const registered = await unlessDeleted(registeredIn(registry, appKey, environment));
    if (registered !== undefined) complete.push({ ...asRegistered(environment), ...registered });
  }
  return { ...asRegistered(application), environments: complete };
}

/** The endpoints and, if there are any, the definitions that they share. */
async function registeredIn(
  registry: RegistryClient,
  appKey: string,
  { name }: Environment,
): Promise<Pick<Discovery, 'endpoints' | 'definitions'>> {
  const { endpoints, definitions = {} } = await registry.get<Discovery>('/endpoints', {
    app_key: appKey,
    environment: name,
    definitions: 'shared',
  });
  return { endpoints, ...(Object.keys(definitions).length > 0 && { definitions }) };
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
