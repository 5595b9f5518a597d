import { createApplication, issueKey } from '../../support/builders.js';
import { failed, misused, succeeded } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import type { World } from './world.js';

export function environmentCommands(world: () => World): void {
  describe('environments', () => {
    beforeAll(async () => {
      await createApplication(world().app, { appKey: 'parcels' });
    });

    it('creates, or shows what it would send', async () => {
      const { operator } = world();
      const dry = await operator.json('environments create parcels staging --base-domain host --dry-run');
      expect(dry).toEqual({
        wouldSend: {
          method: 'POST',
          path: '/applications/parcels/environments',
          body: { name: 'staging', baseDomain: 'host' },
        },
      });
      const create = 'environments create parcels staging --base-domain staging.example.com --description';
      expect(await operator.run(create, 'For trying out')).toEqual(succeeded('Created staging of parcels.'));
      expect(await operator.run(create, 'Again')).toEqual(
        failed("Environment exists: The application already has an environment 'staging'."),
      );
    });

    it('lists, shows and changes', async () => {
      const { operator } = world();
      const dry = await operator.run('environments update parcels staging --base-domain x --dry-run');
      expect(dry).toEqual(
        succeeded(
          'Would send PUT /applications/parcels/environments/staging',
          '{',
          '  "baseDomain": "x"',
          '}',
        ),
      );
      expect(
        await operator.run('environments update parcels staging --status inactive --description', ''),
      ).toEqual(succeeded('Changed staging of parcels.'));
      const [list, show, json, missing, nothing] = await Promise.all([
        operator.run('environments list parcels'),
        operator.run('environments show parcels staging'),
        operator.json('environments list parcels'),
        operator.run('environments show parcels other'),
        operator.run('environments update parcels staging'),
      ]);
      expect(list).toEqual(
        succeeded(
          'NAME        BASE DOMAIN          STATUS    HEALTH',
          'production  -                    ACTIVE    UNKNOWN',
          'staging     staging.example.com  INACTIVE  UNKNOWN',
        ),
      );
      expect(show).toEqual(
        succeeded(
          'name         staging',
          'description  -',
          'base domain  staging.example.com',
          'status       INACTIVE',
          'health       UNKNOWN',
        ),
      );
      expect(json).toMatchObject([{ name: 'production' }, { name: 'staging', description: null }]);
      expect(missing).toEqual(
        failed("Environment not found: The application 'parcels' has no environment 'other'."),
      );
      expect(nothing).toEqual(misused('Nothing to change: say --base-domain, --description or --status.'));
    });

    it('renames, or shows what it would send', async () => {
      const { operator } = world();
      expect(await operator.json('environments rename parcels staging acceptance --dry-run')).toEqual({
        wouldSend: {
          method: 'POST',
          path: '/applications/parcels/environments/staging/rename',
          body: { name: 'acceptance' },
        },
      });
      expect(await operator.run('environments rename parcels staging production')).toEqual(
        failed("Environment exists: The application already has an environment 'production'."),
      );
      expect(await operator.run('environments rename parcels staging acceptance')).toEqual(
        succeeded('Renamed staging of parcels to acceptance.'),
      );
      expect(await operator.json('environments rename parcels acceptance staging')).toMatchObject({
        name: 'staging',
      });
    });

    it('deletes only with consent, and says what goes along', async () => {
      const { operator, app } = world();
      await issueKey(app, 'parcels', 'staging');
      const thing = 'staging of parcels with its endpoints (0) and API keys (1)';
      const [dry, unasked] = await Promise.all([
        operator.run('environments delete parcels staging --dry-run'),
        operator.run('environments delete parcels staging'),
      ]);
      expect(dry).toEqual(succeeded(`Would delete ${thing}.`));
      expect(unasked).toEqual(misused(`Delete ${thing}? There is no terminal to confirm at: pass --yes.`));
      expect(await operator.json('environments delete parcels staging --yes')).toMatchObject({
        deleted: { name: 'staging' },
      });
      expect(await operator.json('environments list parcels')).toHaveLength(1);
    });
  });
}
