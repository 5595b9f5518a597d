import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type * as BcryptJs from 'bcryptjs';
import type { TestApp } from '../support/start-app.js';

/** How often the real bcryptjs compared. Counted around it, because nothing outside shows a comparison. */
let comparisons = 0;
const bcryptjs = await import('bcryptjs');
jest.unstable_mockModule('bcryptjs', (): Partial<typeof BcryptJs> => ({
  ...bcryptjs,
  compare: (text: string, hashedText: string) => {
    comparisons += 1;
    return bcryptjs.compare(text, hashedText);
  },
}));
const { startApp } = await import('../support/start-app.js');
const { asApplication, createApplication, issueKey } = await import('../support/builders.js');
const { importKey } = await import('../support/imported-key.js');
const { stopIntervals } = await import('../support/intervals.js');
const { statementsOf } = await import('../support/statement-log.js');

const IMPORTED = 3;

describe('the cost of credentials', () => {
  let app: TestApp;
  let keys: { id: string; apiKey: string }[];

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' });
    stopIntervals(app);
    const { environments } = await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    keys = await Promise.all(Array.from({ length: 30 }, () => issueKey(app, 'orders')));
    for (const { id, name } of environments) {
      for (let number = 0; number < IMPORTED; number += 1) await importKey(app, id, `${name} ${number}`);
    }
  });
  afterAll(() => app.close());
  beforeEach(() => {
    comparisons = 0;
  });

  const keyNumber = (index: number): string => keys[index]?.apiKey ?? '';

  async function statementsOfListing(apiKey: string, status: number): Promise<string[]> {
    return statementsOf(app, () =>
      app.http.get('/endpoints?app_key=orders').set(asApplication('orders', apiKey)).expect(status),
    );
  }

  it('is one statement and one comparison, however many keys there are', async () => {
    for (const index of [0, 15, 29]) {
      comparisons = 0;
      const statements = await statementsOfListing(keyNumber(index), 200);
      expect(comparisons).toBe(1);
      expect(statements.filter((sql) => sql.includes('"ApiKey"'))).toHaveLength(1);
      // The other two read the environment and its endpoints.
      expect(statements).toHaveLength(3);
      expect(statements.filter((sql) => !sql.trimStart().startsWith('SELECT'))).toEqual([]);
    }
  });

  it('looks one row up by the selector', async () => {
    const [statement = ''] = await statementsOfListing(keyNumber(7), 200);
    const rows = await app.database.query(statement, [keyNumber(7).slice(4, 20)]);
    expect(rows).toEqual([expect.objectContaining({ apiKeyId: keys[7]?.id })]);
  });

  it('is one comparison when the secret is wrong', async () => {
    const statements = await statementsOfListing(`${keyNumber(3).slice(0, -43)}${'A'.repeat(43)}`, 401);
    expect(comparisons).toBe(1);
    expect(statements).toHaveLength(1);
  });

  it('is no comparison when nobody issued the key', async () => {
    const statements = await statementsOfListing(`mcp_${'0'.repeat(16)}_${'A'.repeat(43)}`, 401);
    expect(comparisons).toBe(0);
    expect(statements).toHaveLength(1);
  });

  it('is no statement at all when a header is missing', async () => {
    expect(await statementsOfListing('', 401)).toEqual([]);
    expect(comparisons).toBe(0);
  });

  it('is a comparison with each imported hash of the environment for any other text, and no more', async () => {
    const statements = await statementsOfListing('any text', 401);
    expect(comparisons).toBe(IMPORTED);
    expect(statements).toHaveLength(1);
  });
});
