import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApplication, endpoint } from '../../support/builders.js';
import { failed, misused } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import { createRegistrant, register } from '../../support/registrations.js';
import type { World } from './world.js';

interface Exported {
  readonly applications: readonly {
    readonly appKey: string;
    readonly environments: readonly { readonly endpoints: readonly object[] }[];
  }[];
}

export function exportCommands(world: () => World): void {
  describe('export json', () => {
    let appKey: string;

    beforeAll(async () => {
      const { app } = world();
      const registrant = await createRegistrant(app);
      appKey = registrant.appKey;
      await register(app, registrant, [endpoint()]);
    });

    it('exports one application with all that was registered, and nothing that probes change', async () => {
      const { operator } = world();
      const { code, stdout, stderr } = await operator.run(`export json ${appKey}`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const exported = JSON.parse(stdout) as Exported;
      expect(stdout).toBe(`${JSON.stringify(exported, null, 2)}\n`);
      const anything: unknown = expect.any(String);
      const times = { createdAt: anything, updatedAt: anything };
      expect(exported).toEqual({
        applications: [
          {
            id: anything,
            appKey,
            name: 'Orders',
            description: null,
            status: 'ACTIVE',
            authenticationMethod: 'API_KEY',
            owner: null,
            userId: null,
            healthCheckUrl: null,
            ...times,
            environments: [
              {
                id: anything,
                applicationId: anything,
                name: 'production',
                description: null,
                baseDomain: null,
                security: null,
                customPrompt: null,
                status: 'ACTIVE',
                ...times,
                endpoints: [
                  expect.objectContaining({
                    method: 'GET',
                    path: '/orders/{orderId}',
                    pathParams: {
                      type: 'object',
                      properties: { orderId: { type: 'string' } },
                      required: ['orderId'],
                    },
                  }),
                ],
              },
            ],
          },
        ],
      });
    });

    it('exports the whole registry, oldest first, into a file that is whole', async () => {
      const { operator, directory, app } = world();
      await createApplication(app, { name: 'Schnäppchen \u2028 "quoted"', appKey: 'unicode' });
      const { code, stdout, stderr } = await operator.run('export json --output registry.json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const exported = JSON.parse(await readFile(join(directory, 'registry.json'), 'utf8')) as Exported;
      const applications = await operator.json<{ appKey: string }[]>('apps list');
      expect(exported.applications.map((each) => each.appKey)).toEqual(
        applications.map((each) => each.appKey),
      );
      expect(stdout).toBe(`Exported ${applications.length} applications to registry.json.\n`);
      expect(exported.applications.at(-1)).toMatchObject({ name: 'Schnäppchen \u2028 "quoted"' });
    });

    it('leaves what was there when it fails', async () => {
      const { operator, directory } = world();
      const [unknown, nowhere] = await Promise.all([
        operator.run('export json unknown --output registry.json'),
        operator.run('export json --output nowhere/registry.json'),
      ]);
      expect(unknown).toEqual(failed("Application not found: There is no application 'unknown'."));
      expect(nowhere).toEqual(misused('nowhere/registry.json cannot be written (ENOENT)'));
      expect(JSON.parse(await readFile(join(directory, 'registry.json'), 'utf8'))).toHaveProperty(
        'applications',
      );
      expect((await readdir(directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
    });
  });
}
