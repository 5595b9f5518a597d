import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPostmaster, isPostmaster, postmasterPid } from '../support/embedded-database.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { figureOf } from '../support/metrics-text.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import type { ServiceProcess } from '../support/service-process.js';

/** What requests are told, and what is kept, when the embedded PostgreSQL ends by itself. */
export function embeddedDatabaseRestart(each: readonly string[]): void {
  describe.each(each)('an embedded database that ends by itself with WORKERS=%s', (workers) => {
    let sandbox: ProcessSandbox;
    let service: ServiceProcess;
    let url: string;

    beforeAll(async () => {
      sandbox = await createProcessSandbox();
      service = sandbox.start({ ...GIVEN_SECRETS, WORKERS: workers, METRICS_PORT: '0', BCRYPT_COST: '4' });
      url = await service.ready;
    });
    afterAll(() => sandbox.clear());

    const create = (name: string): Promise<Response> =>
      fetch(`${url}/applications`, {
        method: 'POST',
        headers: { ...AS_ADMIN, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name }),
      });
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`${url}${path}`, { headers: AS_ADMIN })).json();
    const configuration = (): string => join(sandbox.dataDir, 'postgres', 'postgresql.conf');

    it('is started again; until then requests are told 503, and nothing acknowledged is lost', async () => {
      expect((await create('Before')).status).toBe(201);
      const postmaster = await postmasterPid(sandbox.dataDir);
      process.kill(postmaster, 'SIGKILL');
      const refused = await eventually(() => create('Meanwhile'), { fits: ({ status }) => status >= 400 });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refused.json()).toMatchObject({ status: 503 });
      expect((await fetch(`${url}/health/live`)).status).toBe(200);

      await eventually(async () => (await create('After')).status === 201, { every: 50 });
      expect(await isPostmaster(postmaster)).toBe(false);
      const applications = (await get('/applications')) as { appKey: string }[];
      const entries = (await get('/audit-logs?action=application.created')) as { appKey: string }[];
      expect(applications.map(({ appKey }) => appKey).sort()).toEqual(
        entries.map(({ appKey }) => appKey).sort(),
      );
      expect(applications.map(({ appKey }) => appKey)).toEqual(expect.arrayContaining(['before', 'after']));
      const metricsUrl = /^ {2}Metrics +(\S+)$/m.exec(service.output())?.[1] ?? '';
      await eventually(async () => {
        const text = await (await fetch(metricsUrl)).text();
        return figureOf('mcp_registry_change_feed_current', text) === 1;
      });
      expect(service.output()).toContain(
        `The embedded PostgreSQL (process ${postmaster}) ended by itself; starting it again`,
      );
      const again = `The embedded PostgreSQL serves again: process ${await postmasterPid(sandbox.dataDir)}`;
      // It serves before the service has noticed and said so.
      await eventually(() => service.output().includes(again));
    });

    // The primary process decides, however many workers there are: one of both has to show it.
    if (workers === '2')
      it('ends the service with exit code 1 when it cannot be started again', async () => {
        const settings = await readFile(configuration(), 'utf8');
        await writeFile(configuration(), 'no_such_setting = 1\n');
        process.kill(await postmasterPid(sandbox.dataDir), 'SIGKILL');
        const { code, stderr } = await service.exited;
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: expect.stringMatching(
            /^Database: The embedded PostgreSQL ended while starting: FATAL: .+; given up after 4 attempts to start it\n$/,
          ),
        });
        expect(await isPostmaster(await findPostmaster(sandbox.dataDir))).toBe(false);

        await writeFile(`${configuration()}.new`, settings);
        await rename(`${configuration()}.new`, configuration());
        service = sandbox.start({ ...GIVEN_SECRETS, WORKERS: workers });
        url = await service.ready;
        const applications = (await get('/applications')) as { appKey: string }[];
        expect(applications.map(({ appKey }) => appKey)).toEqual(expect.arrayContaining(['before', 'after']));
      });

    it('does not keep the service from an orderly end in the middle', async () => {
      process.kill(await postmasterPid(sandbox.dataDir), 'SIGKILL');
      await eventually(() => service.output().includes('starting it again'), { every: 2 });
      service.signal('SIGTERM');
      const { code, stderr } = await service.exited;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await isPostmaster(await findPostmaster(sandbox.dataDir))).toBe(false);
    });
  });
}
