import type { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import type { IndexedEndpoint, IndexedEnvironment } from '#registry/search/index/indexed-environment.js';
import type { SearchRequest, SearchResult } from '#registry/search/index/search-request.js';

type EndpointFields = Partial<IndexedEndpoint> & Pick<IndexedEndpoint, 'method' | 'path' | 'name'>;

/** An endpoint whose id is its method and path unless another one is given. */
function indexedEndpoint(fields: EndpointFields): IndexedEndpoint {
  return {
    id: `${fields.method} ${fields.path}`,
    operationId: null,
    description: null,
    tags: [],
    parameters: [],
    bodyProperties: [],
    keywords: [],
    deprecated: false,
    ...fields,
  };
}

/** The production environment of an application, unless another one is given. */
export function indexedEnvironment(
  applicationKey: string,
  endpoints: readonly EndpointFields[],
  fields: Partial<IndexedEnvironment> = {},
): IndexedEnvironment {
  return {
    applicationKey,
    applicationName: applicationKey,
    applicationDescription: null,
    environment: 'production',
    endpoints: endpoints.map(indexedEndpoint),
    ...fields,
  };
}

/** Searches everything for one question, unless the request says otherwise. */
export function ask(
  index: EndpointIndex,
  question: string | readonly string[],
  request: Partial<SearchRequest> = {},
): Promise<SearchResult> {
  return index.search({
    phrasings: typeof question === 'string' ? [question] : question,
    isVisible: () => true,
    limit: 8,
    offset: 0,
    ...request,
  });
}

/** Ids of the hits, best first. */
export async function found(...request: Parameters<typeof ask>): Promise<string[]> {
  return (await ask(...request)).hits.map(({ id }) => id);
}
