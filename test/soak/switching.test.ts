import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import {
  addApplication,
  addOperations,
  keyOf,
  type Operation,
  operationsOf,
  placesOf,
} from '../support/old-registries.js';
import { hasRedisServer } from '../support/redis-server.js';
import { RegisteringService, sorted, tryRegistration } from '../support/registering-service.js';
import { expectNothingNew, type ImportSummary, runImport, summaryOf } from '../support/run-import.js';
import { AS_ADMIN } from '../support/secrets.js';
import { SwitchingWorld } from '../support/switching-world.js';
import { everyTable } from '../support/table-text.js';

const named = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);

const SIZE = {
  applications: named('service', 300),
  inRedis: named('older', 200),
  endpointsEach: 10,
  checksEach: 100,
  entries: 5000,
};
/** So many of the reference's services are switched before each import, and one of the older ones. */
const SWITCHED_AT_ONCE = 2;
const ROUNDS = 3;
/** Applications that register in the reference for the first time while an import runs. */
const LATE_AT_ONCE = 10;
const LIMIT_MS = 600_000;

(hasRedisServer() ? describe : describe.skip)('switching from two filled registries', () => {
  let world: SwitchingWorld;

  beforeAll(async () => {
    world = await SwitchingWorld.open(SIZE, { AUDIT_MAX_BYTES_PER_HOUR: String(1024 ** 3) });
  }, LIMIT_MS);
  afterAll(() => world.close());

  const run = async (kind: 'reference' | 'redis'): Promise<ImportSummary> => {
    const result = await runImport([kind, '-', '--json'], {
      databaseUrl: world.service.database.url,
      sourceUrl: kind === 'redis' ? world.redis.url : world.reference.url,
      cwd: world.folder,
      ownProcess: true,
    });
    expect({ code: result.code, ...(result.code !== 0 && { stderr: result.stderr }) }).toEqual({ code: 0 });
    return summaryOf(result);
  };
  const newKeys = async (): Promise<Map<string, string>> => {
    const lines = (await readFile(join(world.folder, 'imported-api-keys.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n');
    return new Map(
      lines.map((line) => {
        const { appKey, apiKey } = JSON.parse(line) as { appKey: string; apiKey: string };
        return [appKey, apiKey];
      }),
    );
  };
  /** At each start it has lost an operation of before, and has a new one. */
  const switched = (appKey: string, apiKey: string): void => {
    const operationsAt = (start: number): Operation[] =>
      operationsOf(appKey, SIZE.endpointsEach + start).slice(start);
    const each = new RegisteringService(
      { url: world.service.url, appKey, apiKey, environment: 'production' },
      operationsAt,
      (start) => `Started ${start} times`,
    );
    world.switch(each);
  };
  const useReference = async (round: number): Promise<void> => {
    const last = SIZE.applications.at(-1) ?? '';
    for (let count = 1; count <= LATE_AT_ONCE; count++) {
      const path = `/late/${round}/${count}`;
      await addOperations(world.reference, last, 'production', [{ name: 'Late', method: 'GET', path }]);
      await addApplication(world.reference, `late-${round}-${count}`, 2);
    }
  };

  it(
    'imports both',
    async () => {
      const { summary, leftBehind, refusedKeys } = await run('reference');
      expect(summary).toMatchObject({
        applications: { added: SIZE.applications.length + 1 },
        endpoints: { added: 2 * SIZE.applications.length * SIZE.endpointsEach },
        healthChecks: { added: (SIZE.applications.length + 1) * SIZE.checksEach },
        auditEntries: { added: SIZE.entries },
      });
      expect(leftBehind).toEqual([
        { kind: 'data_agent_relations', count: 1 },
        { kind: 'data_agent_tables', count: 2 },
        { kind: 'data_agents', count: 1 },
        { kind: 'settings', count: 1 },
        { kind: 'users', count: 2 },
        { kind: 'environments of data agents', count: 1 },
        { kind: 'applications.costCentre', count: 1 },
      ]);
      expect(refusedKeys?.map(({ record }) => record)).toEqual([
        'api_keys key-retired',
        'api_keys key-expired',
        'api_keys key-revoked',
      ]);
      expect((await run('redis')).summary).toMatchObject({
        applications: { added: SIZE.inRedis.length },
        apiKeys: { added: SIZE.inRedis.length },
      });
      for (const { appKey, environment, apiKey } of placesOf(SIZE.applications)) {
        const identity = { url: world.service.url, appKey, apiKey, environment };
        expect(await tryRegistration(identity, operationsOf(appKey, 1))).toMatchObject({ added: 0 });
      }
    },
    LIMIT_MS,
  );

  it(
    'imports again while services of both register here, and others there',
    async () => {
      const keys = await newKeys();
      for (let round = 0; round < ROUNDS; round++) {
        const first = round * SWITCHED_AT_ONCE;
        for (const appKey of SIZE.applications.slice(first, first + SWITCHED_AT_ONCE)) {
          switched(appKey, keyOf(appKey, 'production'));
        }
        const older = SIZE.inRedis[round] ?? '';
        switched(older, keys.get(older) ?? '');
        await Promise.all([useReference(round), run('reference')]);
        await run('redis');
      }
      await world.stopServices();
      expect(world.services.flatMap(({ complaints }) => complaints)).toEqual([]);
      for (const { starts } of world.services) expect(starts).toBeGreaterThan(1);
    },
    LIMIT_MS,
  );

  it(
    'has everything of the reference, and everything that was acknowledged, and nothing to do after that',
    async () => {
      await run('reference');
      await run('redis');
      for (const each of world.services) {
        expect(await each.registered()).toEqual(sorted(each.acknowledged?.operations ?? []));
        const response = await fetch(`${world.service.url}/applications/${each.identity.appKey}`, {
          headers: AS_ADMIN,
        });
        expect(await response.json()).toMatchObject({ description: each.acknowledged?.description });
      }
      const isSwitched = world.services.map(
        ({ identity: { appKey, environment } }) => `env-${appKey}-${environment}`,
      );
      const there = await world.reference.query(
        `SELECT "environmentId", method, path FROM endpoints WHERE "environmentId" <> ALL($1) ORDER BY 1, 2, 3`,
        [isSwitched],
      );
      const here = await world.service.database.query(
        `SELECT n."environmentId", n."method", n."path" FROM "Endpoint" n
         WHERE n."environmentId" <> ALL($1) AND n."environmentId" LIKE 'env-%' ORDER BY 1, 2, 3`,
        [isSwitched],
      );
      expect(here).toEqual(there);
      const before = await tables();
      expectNothingNew(await run('reference'));
      expectNothingNew(await run('redis'));
      expect(await tables()).toEqual(before);
    },
    LIMIT_MS,
  );

  /** Without what the service writes by itself: seals, when keys were used, and the history that it packs. */
  async function tables(): Promise<Map<string, string>> {
    const all = await everyTable(world.service);
    return new Map(
      ['Application', 'Environment', 'Endpoint', 'AuditLog'].map((name) => [name, all.get(name) ?? '']),
    );
  }
});
