import type { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import type { IndexedEnvironment } from '#registry/search/index/indexed-environment.js';
import { environmentsOf } from './corpus-environments.js';
import type { CorpusRecord } from './data-files.js';

export const APPLICATIONS = 1000;
const ENVIRONMENTS = ['development', 'production', 'staging'] as const;
const ENDPOINTS = 20;

/** The environments of one of 1,000 applications: 20 endpoints of the corpus, the same in each. */
export function environmentsOfApplication(
  records: readonly CorpusRecord[],
  number: number,
): ReadonlyMap<string, IndexedEnvironment> {
  const first = (number * 97) % (records.length - ENDPOINTS);
  return new Map(
    ENVIRONMENTS.map((environment) => {
      // Each environment has texts of its own, as those that are read from a database.
      const own = structuredClone(records.slice(first, first + ENDPOINTS)).map((record) => ({
        ...record,
        application: `${record.application}-${number}`,
      }));
      const [content] = environmentsOf(
        own.map((record) => ({ ...record, application: own[0]?.application ?? '' })),
      );
      const endpoints = (content?.endpoints ?? []).map((endpoint, index) => ({
        ...endpoint,
        id: `${environment}-${number}-${index}-`.padEnd(36, '0'),
      }));
      const key = content?.applicationKey ?? '';
      const environmentId = `${environment}-${number}-`.padEnd(36, '0');
      return [
        environmentId,
        { applicationKey: key, applicationName: key, applicationDescription: null, environment, endpoints },
      ];
    }),
  );
}

/** Puts an application into the index. */
export async function indexApplication(
  index: EndpointIndex,
  environments: ReadonlyMap<string, IndexedEnvironment>,
): Promise<void> {
  for (const [id, environment] of environments) await index.replace(id, environment);
}
