import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApplication, issueKey } from '../../support/builders.js';
import { type CommandLine, failed, misused, succeeded } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import type { World } from './world.js';

const LIST = [
  { name: 'List orders', path: '/orders', method: 'get', isPublic: true },
  { name: 'Place an order', path: '/orders', method: 'POST', authType: 'BEARER' },
];

export function endpointCommands(world: () => World): void {
  describe('endpoints', () => {
    let application: CommandLine;

    beforeAll(async () => {
      const { app, stranger, directory } = world();
      await createApplication(app, {
        appKey: 'goods',
        environments: [{ name: 'production' }, { name: 'staging' }],
      });
      const { apiKey } = await issueKey(app, 'goods');
      application = stranger.with({ env: { MCP_REGISTRY_APP_KEY: 'goods', MCP_REGISTRY_API_KEY: apiKey } });
      await writeFile(join(directory, 'list.json'), `\uFEFF${JSON.stringify(LIST)}`);
      await writeFile(
        join(directory, 'batch.json'),
        JSON.stringify({ app_key: 'goods', environment: 'production', endpoints: LIST.slice(1) }),
      );
      await writeFile(join(directory, 'broken.json'), '[{');
      await writeFile(join(directory, 'other.json'), '{"paths": {}}');
    });

    it('registers a list or a batch, or has the registry say what that would change', async () => {
      const dry = await application.run('endpoints register list.json --dry-run');
      expect(dry).toEqual(
        succeeded(
          'CHANGE  METHOD  PATH     FIELDS',
          'added   GET     /orders  -',
          'added   POST    /orders  -',
          '2 endpoints would be registered in production: 2 added, 0 updated, 0 deleted, 0 unchanged',
        ),
      );
      expect(await application.run('endpoints register list.json')).toEqual(
        succeeded('2 endpoints registered in production: 2 added, 0 updated, 0 deleted, 0 unchanged'),
      );
      expect(await application.json('endpoints register batch.json --dry-run')).toMatchObject({
        deleted: 1,
        unchanged: 1,
        changes: [{ change: 'deleted', method: 'GET', path: '/orders' }],
      });
      const piped = application.with({ stdin: JSON.stringify(LIST) });
      expect(await piped.json('endpoints register -')).toMatchObject({ unchanged: 2 });
    });

    it('lists with the key of the operator or of the application', async () => {
      const { operator, stranger } = world();
      const [table, json, none, refused, missing] = await Promise.all([
        operator.run('endpoints list goods'),
        application.json('endpoints list goods production'),
        operator.run('endpoints list goods staging'),
        stranger.run('endpoints list goods'),
        operator.run('endpoints list goods other'),
      ]);
      expect(table).toEqual(
        succeeded(
          'METHOD  PATH     NAME            PUBLIC  AUTH',
          'GET     /orders  List orders     yes     -',
          'POST    /orders  Place an order  no      BEARER',
        ),
      );
      expect(json).toMatchObject([{ method: 'GET' }, { method: 'POST', authType: 'BEARER' }]);
      expect(none).toEqual({ code: 0, stdout: '', stderr: 'None.\n' });
      expect(refused).toEqual(
        failed(
          'Credentials refused: This route needs valid credentials: see the security schemes in /openapi.json.',
        ),
      );
      expect(missing).toEqual(
        failed("Environment not found: The application 'goods' has no environment 'other'."),
      );
    });

    it('says what is wrong with a file, with its endpoints, and with the call', async () => {
      const { stranger } = world();
      const [broken, other, absent, contradicting, elsewhere, empty, invalid, keyless, nameless] =
        await Promise.all([
          application.run('endpoints register broken.json'),
          application.run('endpoints register other.json'),
          application.run('endpoints register absent.json'),
          application.run('endpoints register batch.json --environment staging'),
          application.run('endpoints register batch.json --app-key others'),
          application.with({ stdin: '[]' }).run('endpoints register -'),
          application
            .with({ stdin: '[{"name": "X", "path": "/{x", "method": "GET"}]' })
            .run('endpoints register -'),
          stranger.run('endpoints register batch.json'),
          stranger.run('endpoints register list.json'),
        ]);
      expect(broken).toMatchObject({ code: 1, stdout: '' });
      expect(broken.stderr).toMatch(/^broken\.json is not JSON: .*\n$/);
      expect(other).toEqual(failed('other.json holds neither a list of endpoints nor a batch with one'));
      expect(absent).toEqual(misused('absent.json cannot be read (ENOENT)'));
      expect(contradicting).toEqual(misused('--environment is staging, and the file says production'));
      expect(elsewhere).toEqual(misused('--app-key is others, and the file says goods'));
      expect(empty).toMatchObject({ code: 1, stdout: '' });
      expect(empty.stderr).toMatch(/^Invalid input\n {2}#\/endpoints /);
      expect(invalid).toEqual(
        failed(
          'Invalid input',
          '  #/endpoints/0/path must be a string of 1 to 600 characters: a path such as /orders/{orderId}',
        ),
      );
      expect(keyless).toEqual(
        misused(
          'The API key of goods is missing: put it into MCP_REGISTRY_API_KEY or into a file named by --api-key-file.',
        ),
      );
      expect(nameless).toEqual(
        misused('This command acts as an application: name it with --app-key or MCP_REGISTRY_APP_KEY.'),
      );
    });
  });
}
