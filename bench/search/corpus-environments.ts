import type { IndexedEndpoint, IndexedEnvironment } from '#registry/search/index/indexed-environment.js';
import type { CorpusRecord } from './data-files.js';

/** The corpus as the registry holds it: an application a document, each in one environment. The id of an endpoint is its {@link keyOf}. */
export function environmentsOf(records: readonly CorpusRecord[]): IndexedEnvironment[] {
  const byApplication = new Map<string, IndexedEndpoint[]>();
  for (const record of records) {
    const endpoints = byApplication.get(record.application);
    if (endpoints === undefined) byApplication.set(record.application, [endpointOf(record)]);
    else endpoints.push(endpointOf(record));
  }
  return Array.from(byApplication, ([application, endpoints]) => ({
    applicationKey: application,
    applicationName: application,
    applicationDescription: null,
    environment: 'production',
    endpoints,
  }));
}

/** How runs and judgements name an operation. */
export function keyOf(operation: Pick<CorpusRecord, 'application' | 'method' | 'path'>): string {
  return `${operation.application} ${operation.method} ${operation.path}`;
}

function endpointOf(record: CorpusRecord): IndexedEndpoint {
  return {
    id: keyOf(record),
    method: record.method,
    path: record.path,
    name: record.name,
    operationId: null,
    description: record.description,
    tags: record.tags,
    parameters: record.parameters,
    bodyProperties: record.body,
    keywords: [],
    deprecated: false,
  };
}
