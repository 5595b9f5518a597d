import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installProgram } from '../support/command-line.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { addApplication, addOperations, keyOf, operationsOf, placesOf } from '../support/old-registries.js';
import { hasRedisServer } from '../support/redis-server.js';
import {
  RegisteringService,
  type ServiceIdentity,
  sorted,
  tryRegistration,
} from '../support/registering-service.js';
import { expectNothingNew, runImport, summaryOf } from '../support/run-import.js';
import { ADMIN_KEY, AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import { SwitchingWorld } from '../support/switching-world.js';
import { everyTable } from '../support/table-text.js';
import { runInOneShell, section, told, walkthroughSteps } from '../support/walkthrough.js';

const PAGE = fileURLToPath(new URL('../../../docs/switching.md', import.meta.url));
const SHOWN_REFERENCE = 'postgresql://reader:secret@db.example.com/registry?sslmode=require';
const SHOWN_REDIS = 'redis://:secret@redis.example.com:6379/0';
const SHOWN_REGISTRY = 'https://registry.example.com';

const SIZE = {
  applications: ['billing', 'orders', 'shipping'],
  inRedis: ['catalog', 'prices'],
  endpointsEach: 3,
  checksEach: 20,
  entries: 5,
};

/** Dozens of processes, one after the other. */
const LIMIT_MS = 180_000;

/** The way of the page, in its order, with services that go on registering while the imports run. */
(hasRedisServer() ? describe : describe.skip)('docs/switching.md', () => {
  let world: SwitchingWorld;
  const exports: string[] = [];

  beforeAll(async () => {
    world = await SwitchingWorld.open(SIZE);
    await installProgram(world.folder);
    await writeFile(join(world.folder, 'admin-key'), `${ADMIN_KEY}\n`, { mode: 0o600 });
    const settings = { ...GIVEN_SECRETS, DATABASE_URL: world.service.database.url, BCRYPT_COST: '4' };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(world.folder, '.env'), lines.join(''));
    exports.push(`export PATH="${world.folder}:$PATH"`);
  });
  afterAll(() => world.close());

  /** Runs the commands of a section as an operator does, one after the other, and compares what they print with the page. */
  const follow = async (heading: string): Promise<void> => {
    const text = section(await readFile(PAGE, 'utf8'), heading);
    const steps = walkthroughSteps(
      text
        .replaceAll(SHOWN_REFERENCE, `${world.reference.url}?sslmode=prefer`)
        .replaceAll(SHOWN_REDIS, world.redis.url)
        .replaceAll(SHOWN_REGISTRY, world.service.url),
    );
    expect(steps.length).toBeGreaterThan(1);
    const results = await runInOneShell([...exports, ...steps.map(({ command }) => command)], world.folder);
    const own = results.slice(exports.length);
    expect(told(own)).toEqual(told(steps));
    expect(own.map(({ code }) => code)).toEqual(steps.map(() => 0));
    exports.push(...steps.flatMap(({ command }) => (command.startsWith('export ') ? [command] : [])));
  };

  const start = async (each: RegisteringService): Promise<void> => {
    world.switch(each);
    await eventually(() => each.acknowledged !== undefined);
  };
  const asOperator = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${world.service.url}${path}`, {
      method,
      headers: { ...AS_ADMIN, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    expect(response.status).toBeLessThan(300);
    return response.status === 204 ? undefined : response.json();
  };
  const newKeys = async (): Promise<{ appKey: string; environment: string; apiKey: string }[]> =>
    (await readFile(join(world.folder, 'new-keys.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { appKey: string; environment: string; apiKey: string });

  it('says before what would be done', () => follow('Before'), LIMIT_MS);

  it(
    'imports both registries, and all keys work',
    async () => {
      await follow('Import');
      const places = [
        ...placesOf(SIZE.applications),
        ...(await newKeys()),
        // The page finds the key of this one unused.
      ].filter(({ appKey, environment }) => appKey !== 'orders' || environment !== 'staging');
      expect(places).toHaveLength(7);
      for (const { appKey, environment, apiKey } of places) {
        const outcome = await tryRegistration(
          { url: world.service.url, appKey, apiKey, environment },
          operationsOf(appKey, 3),
        );
        expect({ appKey, environment, ...outcome }).toMatchObject({
          ...{ appKey, environment, added: 0, deleted: 0 },
        });
      }
    },
    LIMIT_MS,
  );

  it(
    'imports again after the cut-over, and undoes nothing',
    async () => {
      const identity = (appKey: string, apiKey = keyOf(appKey, 'production')): ServiceIdentity => ({
        ...{ url: world.service.url, appKey, apiKey, environment: 'production' },
      });
      // Switched as it is, again and again.
      await start(
        new RegisteringService(
          identity('orders'),
          () => operationsOf('orders', 3),
          () => 'About orders',
        ),
      );
      // Switched with other endpoints and another description.
      const present = [
        ...operationsOf('billing', 2),
        { name: 'New', method: 'PUT', path: '/billing/new' },
      ] as const;
      await start(
        new RegisteringService(
          identity('billing'),
          () => present,
          () => 'Said by billing',
        ),
      );
      const catalog = (await newKeys()).find(({ appKey }) => appKey === 'catalog');
      await start(
        new RegisteringService(
          identity('catalog', catalog?.apiKey),
          () => operationsOf('catalog', 1),
          () => 'Said by the catalog',
        ),
      );
      // Not switched yet.
      await addOperations(world.reference, 'shipping', 'production', [
        { name: 'Late', method: 'GET', path: '/shipping/late' },
      ]);
      await addApplication(world.reference, 'returns', 2);
      await asOperator('PUT', '/applications/orders/environments/production', {
        description: 'The live one',
      });
      await asOperator('DELETE', '/applications/retired');

      await follow('Cut-over');
      for (const each of world.services) {
        expect(each.complaints).toEqual([]);
        expect(await each.registered()).toEqual(sorted(each.acknowledged?.operations ?? []));
        const application = await asOperator('GET', `/applications/${each.identity.appKey}`);
        expect(application).toMatchObject({ description: each.acknowledged?.description });
      }
    },
    LIMIT_MS,
  );

  it(
    'has nothing left to do after that',
    async () => {
      await follow('After');
      await world.stopServices();
      expect(world.services.map(({ complaints }) => complaints)).toEqual([[], [], []]);
      const before = await unsealedTables();
      for (const [kind, sourceUrl] of [
        ['reference', world.reference.url],
        ['redis', world.redis.url],
      ] as const) {
        const result = await runImport([kind, '-', '--json'], {
          databaseUrl: world.service.database.url,
          sourceUrl,
          cwd: world.folder,
        });
        expect(result.code).toBe(0);
        expectNothingNew(summaryOf(result));
      }
      expect(await unsealedTables()).toEqual(before);
    },
    LIMIT_MS,
  );

  /** Without what the service writes a moment later: the seals of the audit trail, and when keys were used. */
  async function unsealedTables(): Promise<Map<string, string>> {
    const tables = await everyTable(world.service);
    for (const name of ['AuditHead', 'AuditSeal', 'ApiKey']) tables.delete(name);
    return tables;
  }
});
