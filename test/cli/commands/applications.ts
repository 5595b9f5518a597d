import { failed, misused, succeeded } from '../../support/command-line.js';
import { describe, expect, it } from '../../support/jest.js';
import type { World } from './world.js';

export function applicationCommands(world: () => World): void {
  describe('apps', () => {
    it('lists none, and says so to people only', async () => {
      const { operator } = world();
      const [table, json] = await Promise.all([operator.run('apps list'), operator.run('apps list --json')]);
      expect(table).toEqual({ code: 0, stdout: '', stderr: 'None.\n' });
      expect(json).toEqual(succeeded('[]'));
    });

    it('creates, or shows what it would send', async () => {
      const { operator, app } = world();
      const create = ['apps create orders --health-check-url /health', '--name', 'Order Service'] as const;
      const environments = ['--environment', 'staging', '--environment', 'production=orders.example.com'];
      const dry = await operator.run(...create, ...environments, '--dry-run');
      expect(dry).toEqual(
        succeeded(
          'Would send POST /applications',
          '{',
          '  "appKey": "orders",',
          '  "name": "Order Service",',
          '  "healthCheckUrl": "/health",',
          '  "environments": [',
          '    {',
          '      "name": "staging"',
          '    },',
          '    {',
          '      "name": "production",',
          '      "baseDomain": "orders.example.com"',
          '    }',
          '  ]',
          '}',
        ),
      );
      expect(await app.database.query('SELECT 1 FROM "Application"')).toEqual([]);
      expect(await operator.run(...create, ...environments)).toEqual(
        succeeded('Created orders with the environments staging, production.'),
      );
      // The list is oldest first.
      expect(await operator.json('apps create', '--name', 'Bills & More')).toMatchObject({
        appKey: 'bills-more',
        environments: [{ name: 'production' }],
      });
    });

    it('lists and shows, as a table or as the registry has it', async () => {
      const { operator } = world();
      const [list, show, json, missing] = await Promise.all([
        operator.run('apps list'),
        operator.run('apps show orders'),
        operator.json('apps show orders'),
        operator.run('apps show unknown'),
      ]);
      expect(list).toEqual(
        succeeded(
          'APP KEY     NAME           STATUS  HEALTH',
          'orders      Order Service  ACTIVE  UNKNOWN',
          'bills-more  Bills & More   ACTIVE  UNKNOWN',
        ),
      );
      expect(show).toEqual(
        succeeded(
          'app key                orders',
          'name                   Order Service',
          'description            -',
          'owner                  -',
          'authentication method  API_KEY',
          'status                 ACTIVE',
          'health                 UNKNOWN',
          'health check           /health',
          'environments           staging, production',
        ),
      );
      expect(json).toMatchObject({
        appKey: 'orders',
        environments: [{}, { baseDomain: 'orders.example.com' }],
      });
      expect(missing).toEqual(failed("Application not found: There is no application 'unknown'."));
    });

    it('changes what is named, and clears what is empty', async () => {
      const { operator } = world();
      expect(
        await operator.run('apps update bills-more --status inactive --description', 'Two words'),
      ).toEqual(succeeded('Changed bills-more.'));
      const [dry, changed] = [
        await operator.json('apps update bills-more --dry-run --description', ''),
        await operator.json('apps update bills-more --status Active --description', ''),
      ];
      expect(dry).toEqual({
        wouldSend: { method: 'PUT', path: '/applications/bills-more', body: { description: null } },
      });
      expect(changed).toMatchObject({ status: 'ACTIVE', description: null, name: 'Bills & More' });
    });

    it('changes owner and authentication method, whose known words its help names', async () => {
      const { operator } = world();
      const [help, changed] = [
        await operator.run('apps update --help'),
        await operator.json(
          'apps update bills-more --owner bills@example.com --authentication-method azure_apim',
        ),
      ];
      expect(help.stdout.replace(/\s+/g, ' ')).toContain(
        'clients know api_key, bearer_token, basic_auth, oauth2, jwt, azure_subscription, azure_apim, aws_iam, gcp_service_account, signature_auth, custom',
      );
      expect(changed).toMatchObject({
        owner: 'bills@example.com',
        userId: 'bills@example.com',
        authenticationMethod: 'azure_apim',
      });
      expect(await operator.json('apps update bills-more --owner', '')).toMatchObject({ owner: null });
    });

    it('renames, and says until when the old app key counts', async () => {
      const { operator } = world();
      const dry = await operator.json('apps rename bills-more bills --alias-days 90 --dry-run');
      expect(dry).toEqual({
        wouldSend: {
          method: 'POST',
          path: '/applications/bills-more/rename',
          body: { appKey: 'bills', gracePeriodSeconds: 90 * 86_400 },
        },
      });
      const renamed = await operator.run('apps rename bills-more bills');
      expect(renamed).toMatchObject({ code: 0, stderr: '' });
      expect(renamed.stdout).toMatch(
        /^Renamed bills-more to bills\. bills-more names it as well until \d{4}-\d\d-\d\dT[\d:.]+Z\.\n$/,
      );
      expect(await operator.json('apps show bills-more')).toMatchObject({ appKey: 'bills' });
      expect((await operator.run('apps show bills')).stdout).toMatch(
        /\nformer app keys +bills-more \(until \d{4}-\d\d-\d\dT[\d:.]+Z\)\n$/,
      );
      expect(await operator.json('apps rename bills bills-more --alias-days 0')).toMatchObject({
        appKey: 'bills-more',
        alias: null,
      });
      const [wrong, unknown, taken, beyond] = await Promise.all([
        operator.run('apps rename bills-more bills --alias-days soon'),
        operator.run('apps rename unknown bills'),
        operator.run('apps rename bills-more orders'),
        operator.run('apps rename bills-more bills --alias-days 367'),
      ]);
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('It must be a whole number.')]);
      expect(unknown).toEqual(failed("Application not found: There is no application 'unknown'."));
      expect(taken).toEqual(failed("App key taken: The app key 'orders' belongs to another application."));
      expect([beyond.code, beyond.stderr]).toEqual([1, expect.stringContaining('#/gracePeriodSeconds')]);
    });

    it('deletes only with consent', async () => {
      const { operator, app } = world();
      const thing = 'bills-more with the environment production and all their endpoints and API keys';
      const [unasked, dry, dryJson] = await Promise.all([
        operator.run('apps delete bills-more'),
        operator.run('apps delete bills-more --dry-run'),
        operator.json('apps delete bills-more --dry-run'),
      ]);
      expect(unasked).toEqual(misused(`Delete ${thing}? There is no terminal to confirm at: pass --yes.`));
      expect(dry).toEqual(succeeded(`Would delete ${thing}.`));
      expect(dryJson).toMatchObject({ wouldDelete: { appKey: 'bills-more' } });
      expect(await app.database.query('SELECT 1 FROM "Application"')).toHaveLength(2);
      expect(await operator.run('apps delete bills-more --yes')).toEqual(succeeded(`Deleted ${thing}.`));
      expect(await operator.run('apps delete bills-more --yes')).toEqual(
        failed("Application not found: There is no application 'bills-more'."),
      );
    });

    it('says what the registry refuses, and what it was called wrongly', async () => {
      const { operator, stranger } = world();
      const [invalid, taken, nothing, nameless, keyless, wrongKey] = await Promise.all([
        operator.run('apps create a/b --health-check-url host.example --name', ''),
        operator.run('apps create orders --name Orders'),
        operator.run('apps update orders'),
        operator.run('apps create orders'),
        stranger.run('apps list'),
        stranger.with({ env: { MCP_REGISTRY_ADMIN_KEY: 'wrong-secret' } }).run('apps list'),
      ]);
      expect(invalid).toEqual(
        failed(
          'Invalid input',
          '  #/name must be a string of 1 to 255 characters',
          '  #/appKey must be a string of 1 to 128 characters: letters, digits and . _ ~ : - after a letter or digit, and not the name of a route',
          '  #/healthCheckUrl must be a string of at most 2048 characters: an absolute http(s) URL without user information, or a path that begins with /',
        ),
      );
      expect(taken).toEqual(failed("App key taken: The app key 'orders' belongs to another application."));
      expect(nothing).toEqual(
        misused(
          'Nothing to change: say --name, --description, --health-check-url, --authentication-method, --owner or --status.',
        ),
      );
      expect(nameless).toEqual(misused("error: required option '--name <name>' not specified"));
      expect(keyless).toEqual(
        misused(
          'The admin key is missing: put it into MCP_REGISTRY_ADMIN_KEY or into a file named by --admin-key-file.',
        ),
      );
      expect(wrongKey).toEqual(
        failed(
          'Credentials refused: This route needs valid credentials: see the security schemes in /openapi.json.',
        ),
      );
    });
  });
}
