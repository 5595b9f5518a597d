import { environmentsOf } from '#bench/search/corpus-environments.js';
import { corpus, judgedQuestions } from '#bench/search/data-files.js';
import { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import type { IndexedEnvironment } from '#registry/search/index/indexed-environment.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';

/** Every third application is in production; all have a staging environment, of which some is the same and some is not. */
describe('what a caller does not see', () => {
  const alone = new EndpointIndex();
  const amongOthers = new EndpointIndex();
  let questions: readonly (readonly string[])[] = [];

  beforeAll(async () => {
    const environments = environmentsOf(await corpus());
    const production = environments.filter((_, n) => n % 3 === 0);
    const staging = environments.map((environment, n) => ({
      ...environment,
      environment: 'staging',
      endpoints: environment.endpoints
        .filter((_, at) => n % 2 === 0 || at % 2 === 0)
        .map((endpoint) => ({ ...endpoint, id: `staging ${endpoint.id}` })),
    }));
    const id = ({ applicationKey, environment }: IndexedEnvironment): string =>
      `${environment} ${applicationKey}`;
    for (const environment of production) await alone.replace(id(environment), environment);
    // In another order, with others before, between and after, some of which are replaced and removed.
    for (const environment of staging.slice(20)) await amongOthers.replace(id(environment), environment);
    for (const environment of production.toReversed())
      await amongOthers.replace(id(environment), environment);
    for (const environment of staging.slice(0, 25)) await amongOthers.replace(id(environment), environment);
    for (const environment of staging.slice(0, 5)) amongOthers.remove(id(environment));
    questions = (await judgedQuestions()).map(({ query, alsoTry }) => [query, ...alsoTry]);
  });

  const isVisible = ({ environment }: { environment: string }): boolean => environment === 'production';

  it('has no influence on any answer: scores, order, reasons, suggestions', async () => {
    for (const phrasings of [...questions, ['repositries of gitee'], ['/users'], ['List users'], ['gitae']]) {
      const request = { phrasings, isVisible, limit: 20, offset: 0 };
      expect(JSON.stringify(await amongOthers.search(request))).toBe(
        JSON.stringify(await alone.search(request)),
      );
    }
  });

  it('has no influence on the applications that are found or suggested', async () => {
    for (const text of ['gitea', 'gitae', 'square', 'sqare', 'google', 'mail', 'docker-engin']) {
      expect(await amongOthers.searchApplications(text, isVisible, 20)).toEqual(
        await alone.searchApplications(text, isVisible, 20),
      );
      expect(await amongOthers.nearestApplications(text, isVisible)).toEqual(
        await alone.nearestApplications(text, isVisible),
      );
    }
  });
});
