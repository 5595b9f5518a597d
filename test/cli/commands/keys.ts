import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApplication } from '../../support/builders.js';
import { failed, misused, succeeded } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import { ADMIN_KEY } from '../../support/start-app.js';
import { withPlaceholders } from '../../support/walkthrough.js';
import type { World } from './world.js';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly apiKey?: string;
  readonly isActive: boolean;
  readonly expiresAt: string | null;
}

export function keyCommands(world: () => World): void {
  const stored = (file: string): string => join(world().directory, file);

  describe('keys', () => {
    beforeAll(async () => {
      await createApplication(world().app, { appKey: 'letters' });
    });

    it('lists keys of all environments by what is to be done about them', async () => {
      const { operator } = world();
      await createApplication(world().app, { appKey: 'postcards' });
      await operator.run(
        'keys issue postcards production --name fresh --expires-in-days 3 --output-file fresh.key',
      );
      expect(await operator.json('keys list postcards --state expiring')).toMatchObject([
        { appKey: 'postcards', environment: 'production', name: 'fresh', state: 'active' },
      ]);
      expect((await operator.run('keys list --all')).stdout).toMatch(
        /^postcards +production +\S+ +fresh +active /m,
      );
      expect(await operator.run('keys list postcards')).toEqual(
        misused('Name an app key and an environment, or give --all or --state.'),
      );
      expect(await operator.run('keys list --state lost')).toMatchObject({ code: 1 });
    });

    it('issues a key once, on stdout and nowhere else', async () => {
      const { operator } = world();
      const dry = await operator.json('keys issue letters production --name ci --dry-run');
      expect(dry).toEqual({
        wouldSend: {
          method: 'POST',
          path: '/applications/letters/environments/production/api-keys',
          body: { name: 'ci' },
        },
      });
      const issued = await operator.run('keys issue letters production --name ci');
      expect({
        ...issued,
        stdout: withPlaceholders(issued.stdout),
        stderr: withPlaceholders(issued.stderr),
      }).toEqual({
        code: 0,
        stdout: '<key 1>\n',
        stderr: 'This is API key <id 1>, shown this once: keep it safe, the registry does not have it.\n',
      });
      const json = await operator.json<Key>(
        'keys issue letters production --expires-in-days 30 --name',
        'x y',
      );
      expect(json).toMatchObject({ name: 'x y', apiKey: expect.stringMatching(/^mcp_/) as unknown });
      expect(json.expiresAt).not.toBeNull();
    });

    it('writes a key into a file of its own', async () => {
      const { operator, stranger } = world();
      await writeFile(stored('taken.key'), 'old');
      const [taken, unmakeable, refused] = await Promise.all([
        operator.run('keys issue letters production --name file --output-file taken.key'),
        operator.run('keys issue letters production --name file --output-file nowhere/a.key'),
        operator.run('keys issue letters other --name file --output-file refused.key'),
      ]);
      expect(taken).toEqual(misused('--output-file: taken.key exists already'));
      expect(unmakeable).toEqual(misused('--output-file: nowhere/a.key cannot be made (ENOENT)'));
      expect(refused).toEqual(
        failed("Environment not found: The application 'letters' has no environment 'other'."),
      );
      expect(await readFile(stored('taken.key'), 'utf8')).toBe('old');
      expect(await readdir(world().directory)).not.toContain('refused.key');

      const issued = await operator.run('keys issue letters production --name file --output-file a.key');
      expect({ ...issued, stdout: withPlaceholders(issued.stdout) }).toEqual(
        succeeded('API key <id 1> is in a.key.'),
      );
      const kept = (await readFile(stored('a.key'), 'utf8')).trim();
      expect(withPlaceholders(kept)).toBe('<key 1>');
      expect((await stat(stored('a.key'))).mode & 0o777).toBe(0o600);
      // What was written there opens what it is for.
      const register = ['endpoints register - --app-key letters --api-key-file a.key --dry-run'] as const;
      const batch = JSON.stringify([{ name: 'List', path: '/letters', method: 'GET' }]);
      expect(await stranger.with({ stdin: batch }).run(...register)).toMatchObject({ code: 0 });

      const rotated = await operator.json<Key & { outputFile: string }>(
        `keys rotate letters production ${/\S+-\S+/.exec(issued.stdout)?.[0] ?? ''} --output-file b.key`,
      );
      expect(rotated).toMatchObject({ name: 'file', outputFile: 'b.key' });
      expect(rotated).not.toHaveProperty('apiKey');
      expect(await readFile(stored('b.key'), 'utf8')).toMatch(/^mcp_/);
      expect(await stranger.with({ stdin: batch }).run(...register)).toEqual(
        failed(
          'Credentials refused: This route needs valid credentials: see the security schemes in /openapi.json.',
        ),
      );
    });

    it('rotates with a grace period, revokes with consent, and lists without secrets', async () => {
      const { operator, app } = world();
      await createApplication(app, { appKey: 'stamps' });
      const first = await operator.json<Key>('keys issue stamps production --name ci');
      const dry = await operator.json(
        `keys rotate stamps production ${first.id} --grace-period 60 --dry-run`,
      );
      expect(dry).toMatchObject({ wouldSend: { body: { gracePeriodSeconds: 60 } } });
      const second = await operator.json<Key>(
        `keys rotate stamps production ${first.id} --grace-period 3600`,
      );

      const revoke = `keys revoke stamps production ${second.id}`;
      const prefix = /^mcp_[^_]+/.exec(second.apiKey ?? '')?.[0] ?? '';
      const thing = `the API key "ci" (${prefix}) of stamps in production`;
      const [unasked, wouldRevoke, missing] = await Promise.all([
        operator.run(revoke),
        operator.run(`${revoke} --dry-run`),
        operator.run('keys revoke stamps production nonsense --yes'),
      ]);
      expect(unasked).toEqual(misused(`Revoke ${thing}? There is no terminal to confirm at: pass --yes.`));
      expect(wouldRevoke).toEqual(succeeded(`Would revoke ${thing}.`));
      expect(missing).toEqual(
        failed('API key not found: production of stamps has no API key with the id nonsense.'),
      );
      expect(await operator.run(`${revoke} --yes`)).toEqual(succeeded(`Revoked ${thing}.`));
      expect(await operator.run(`keys rotate stamps production ${second.id}`)).toEqual(
        failed(
          `API key not usable: The API key '${second.id}' is revoked or expired and cannot be rotated. Issue a new one.`,
        ),
      );

      const [list, json] = await Promise.all([
        operator.run('keys list stamps production'),
        operator.json<Key[]>('keys list stamps production'),
      ]);
      expect(withPlaceholders(list.stdout)).toBe(
        [
          `ID${' '.repeat(36)}NAME  PREFIX${' '.repeat(16)}STATE    EXPIRES${' '.repeat(19)}LAST USED`,
          '<id 1>  ci    <key prefix 1>  active   <time>  -',
          `<id 2>  ci    <key prefix 2>  revoked  -${' '.repeat(25)}-`,
          '',
        ].join('\n'),
      );
      expect(json.map(({ id }) => id)).toEqual([first.id, second.id]);
      expect(JSON.stringify(json)).not.toContain(first.apiKey);
    });

    it('takes the admin key from a file, and never says what a wrong one is', async () => {
      const { stranger } = world();
      await writeFile(stored('admin.key'), `\n${ADMIN_KEY}\n`);
      await writeFile(stored('empty.key'), '\n');
      await writeFile(stored('odd.key'), 'schlüssel mit\nzeilen');
      await chmod(stored('admin.key'), 0o600);
      const list = 'keys list stamps production --admin-key-file';
      const [good, empty, odd, absent, inEnvironment] = await Promise.all([
        stranger.run(`${list} admin.key --json`),
        stranger.run(`${list} empty.key`),
        stranger.run(`${list} odd.key`),
        stranger.run(`${list} absent.key`),
        stranger.with({ env: { MCP_REGISTRY_ADMIN_KEY: 'a\tb' } }).run('apps list'),
      ]);
      expect(good.code).toBe(0);
      expect(empty).toEqual(misused('--admin-key-file: empty.key is empty'));
      const rule = '(hidden) is no key: keys are visible ASCII characters without spaces';
      expect(odd).toEqual(misused(`--admin-key-file: the key in odd.key ${rule}`));
      expect(absent).toEqual(misused('--admin-key-file: absent.key cannot be read (ENOENT)'));
      expect(inEnvironment).toEqual(misused(`MCP_REGISTRY_ADMIN_KEY ${rule}`));
    });
  });
}
