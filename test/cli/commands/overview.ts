import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EventsService } from '#registry/events/events.service.js';
import { createApplication } from '../../support/builders.js';
import { CLI_MAIN } from '../../support/command-line.js';
import { eventually } from '../../support/eventually.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import { ADMIN_KEY } from '../../support/start-app.js';
import type { World } from './world.js';

export function overviewCommands(world: () => World): void {
  describe('overview', () => {
    beforeAll(async () => {
      const { app } = world();
      await createApplication(app, {
        appKey: 'view',
        environments: ['down', 'weak', 'new', 'well'].map((name) => ({ name })),
      });
      await app.database.query(
        `UPDATE "Environment" SET "healthStatus" = CASE "name" WHEN 'down' THEN 'INACTIVE' ELSE 'ACTIVE' END
         WHERE "name" IN ('down', 'well')`,
      );
    });

    it('shows what is down before what is unknown, and what is up when asked for it', async () => {
      const { operator } = world();
      const { code, stdout } = await operator.run('overview');
      expect(code).toBe(0);
      const [summary = '', head, first] = stdout.split('\n');
      expect(summary).toMatch(/^\d+ environments: 1 down, \d+ unknown, \d+ up\.$/);
      expect(head).toMatch(/^STATE +APPLICATION +ENVIRONMENT +SINCE +24 H +P95 +HOURS +ENDPOINTS +KEYS$/);
      expect(first).toMatch(/^down +view +down +- +- +- +-{24} +0 +0$/);
      expect(stdout).not.toContain('well');
      expect((await operator.run('overview --all')).stdout).toMatch(/^up +view +well /m);
      expect(await operator.json('overview')).toMatchObject({
        hasFigures: true,
        applications: expect.any(Array),
      });
      expect((await world().stranger.run('overview')).code).not.toBe(0);
    });
  });

  describe('console', () => {
    it('gives a URL that signs in once', async () => {
      const { app, operator, stranger } = world();
      const { code, stdout } = await operator.run('console');
      const [, secret = ''] = /^(?:\S+)\/console\/#code=([\w-]{43})\n$/.exec(stdout) ?? [];
      expect([code, stdout.startsWith(`${app.url}/console/#code=`)]).toEqual([0, true]);
      const signIn = (): Promise<{ status: number }> =>
        Promise.resolve(
          app.http
            .post('/session')
            .set('X-Registry-Console', '1')
            .set('Origin', new URL(app.url).origin)
            .send({ code: secret }),
        );
      expect((await signIn()).status).toBe(201);
      expect((await signIn()).status).toBe(401);
      expect(await operator.json('console')).toMatchObject({
        url: expect.stringContaining('#code=') as unknown,
      });
      expect((await stranger.run('console')).code).toBe(2);
    });
  });

  describe('events', () => {
    it('writes a line for each, until the registry ends the stream', async () => {
      const { app } = world();
      const env = { PATH: process.env.PATH, MCP_REGISTRY_URL: app.url, MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY };
      const child = spawn(process.execPath, [CLI_MAIN, 'events', '--json'], { env });
      let written = '';
      child.stdout.on('data', (bytes: Buffer) => (written += bytes.toString()));
      const events = app.nest.get<{ streams: Set<{ end(): void }> }>(EventsService);
      await eventually(() => events.streams.size === 1);
      // What happens before the stream knows the present statuses is no change to it.
      const isTold = (): boolean => /"health".*"to":"INACTIVE"/.test(written);
      await eventually(async () => {
        for (const status of ['ACTIVE', 'INACTIVE']) {
          await app.database.query(`UPDATE "Environment" SET "healthStatus" = $1 WHERE "name" = 'well'`, [
            status,
          ]);
          await eventually(isTold, { within: 200 }).catch(() => false);
        }
        return isTold();
      });
      expect(
        written
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      ).toContainEqual({
        event: 'health',
        appKey: 'view',
        environment: 'well',
        from: 'ACTIVE',
        to: 'INACTIVE',
      });
      for (const stream of events.streams) stream.end();
      expect(await once(child, 'exit')).toEqual([1, null]);
    });
  });
}
