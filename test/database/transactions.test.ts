import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openRepositoryDatabase, type RepositoryDatabase } from '../support/repository-database.js';

describe('Database', () => {
  let opened: RepositoryDatabase;

  beforeAll(async () => {
    opened = await openRepositoryDatabase();
    await opened.outside.query('CREATE TABLE "Mark" ("name" text PRIMARY KEY)');
  });
  beforeEach(() => opened.outside.query('TRUNCATE "Mark"'));
  afterAll(() => opened.close());

  const mark = (name: string): Promise<unknown> =>
    opened.database.query('INSERT INTO "Mark" VALUES ($1)', [name]);
  const marks = async (): Promise<string[]> =>
    (await opened.outside.query<{ name: string }>('SELECT * FROM "Mark" ORDER BY 1')).map(({ name }) => name);

  it('commits what a transaction wrote when it resolves, and shows nothing before', async () => {
    const result = await opened.database.transaction(async () => {
      await mark('a');
      expect(await marks()).toEqual([]);
      return 42;
    });
    expect(result).toBe(42);
    expect(await marks()).toEqual(['a']);
  });

  it('undoes everything when it rejects, inner transactions included', async () => {
    const work = opened.database.transaction(async () => {
      await mark('a');
      await opened.database.transaction(() => mark('b'));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await marks()).toEqual([]);
    await mark('c');
    expect(await marks()).toEqual(['c']);
  });

  it('keeps transactions that run at once apart', async () => {
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((name, index) =>
        opened.database.transaction(async () => {
          await mark(name);
          await mark(`${name}2`);
          if (index % 2 === 1) throw new Error(name);
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await marks()).toEqual(['a', 'a2', 'c', 'c2']);
  });

  it('takes a connection only for the first statement', async () => {
    const connections = async (): Promise<number> => {
      const [row] = await opened.outside.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'mcp-registry' AND state = 'idle in transaction'`,
      );
      return row?.count ?? -1;
    };
    await opened.database.transaction(async () => {
      expect(await connections()).toBe(0);
      await mark('a');
      expect(await connections()).toBe(1);
    });
    expect(await connections()).toBe(0);
  });

  it('gives its connections back, whatever happened on them', async () => {
    for (let round = 0; round < 30; round++) {
      await opened.database.transaction(() => mark('same')).catch(() => undefined);
    }
    expect(await marks()).toEqual(['same']);
    expect(await opened.database.answersWithin(5000)).toBe(true);
  });
});
