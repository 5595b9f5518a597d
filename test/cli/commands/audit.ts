import { AuditSealer } from '#registry/audit/chain/audit-sealer.js';
import { createApplication } from '../../support/builders.js';
import { failed } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import { withPlaceholders } from '../../support/walkthrough.js';
import type { World } from './world.js';

interface Entry {
  readonly id: string;
  readonly action: string;
}

export function auditCommands(world: () => World): void {
  describe('audit', () => {
    beforeAll(async () => {
      await createApplication(world().app, { appKey: 'watched' });
      await world().operator.run('apps update watched --name Watched');
    });

    it('lists what was done, newest first', async () => {
      const { operator } = world();
      const [all, one, byAction, before, absent, invalid] = await Promise.all([
        operator.run('audit list --application watched'),
        operator.json<Entry[]>('audit list --application watched --limit 1'),
        operator.json<Entry[]>('audit list --application watched --action application.created'),
        operator.json<Entry[]>('audit list --application watched --to 2020-01-01T00:00:00Z'),
        operator.json<Entry[]>('audit list --application watched --actor anonymous'),
        operator.run('audit list --from yesterday'),
      ]);
      expect(withPlaceholders(all.stdout)).toBe(
        [
          `TIME${' '.repeat(22)}ACTION               ACTOR               APPLICATION  ENVIRONMENT  FROM`,
          '<time>  application.updated  REGISTRY_ADMIN_KEY  watched      -            127.0.0.1',
          '<time>  application.created  REGISTRY_ADMIN_KEY  watched      -            127.0.0.1',
          '',
        ].join('\n'),
      );
      expect(one).toMatchObject([
        { action: 'application.updated', before: { name: 'Orders' }, after: { name: 'Watched' } },
      ]);
      expect(byAction.map(({ action }) => action)).toEqual(['application.created']);
      expect([before, absent]).toEqual([[], []]);
      expect(invalid.code).toBe(1);
      expect(invalid).toEqual(failed(...invalid.stderr.trimEnd().split('\n')));
      expect(invalid.stderr).toMatch(/^Invalid input\n {2}#\/from must be .*\n$/);
    });

    it('filters by what the registry filters by', async () => {
      const { operator } = world();
      const [{ requestId, resourceId } = { requestId: '', resourceId: '' }] = await operator.json<
        { requestId: string; resourceId: string }[]
      >('audit list --application watched --limit 1');
      const listed = async (filter: string): Promise<number> =>
        (await operator.json<Entry[]>(`audit list --application watched ${filter}`)).length;
      expect(await listed(`--request ${requestId}`)).toBe(1);
      expect(await listed(`--resource ${resourceId}`)).toBe(2);
      expect(await listed('--environment production')).toBe(0);
      expect(await listed('--reason expired-api-key')).toBe(0);
    });

    it('shows up to where it is sealed', async () => {
      const { operator, app } = world();
      await app.nest.get(AuditSealer).seal();
      const head = await operator.json<{ number: number; hash: string }>('audit head');
      expect(head).toEqual({
        number: expect.any(Number),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        sealedAt: expect.stringMatching(/Z$/),
        unsealed: 0,
      });
      expect((await operator.run('audit head')).stdout).toMatch(
        /^number +\d+\nhash +[0-9a-f]{64}\nsealed at +\S+Z\nnot sealed yet +0\n$/,
      );
    });

    it('reads on from page to page', async () => {
      const { operator, app } = world();
      await app.database.query(
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType", "appKey", "occurrences")
         SELECT gen_random_uuid(), now(), 'tested', 'registry', 'test', 'paged', 1 FROM generate_series(1, 1001)`,
      );
      const entries = await operator.json<Entry[]>('audit list --application paged --limit 1200');
      expect(new Set(entries.map(({ id }) => id)).size).toBe(1001);
    });
  });
}
