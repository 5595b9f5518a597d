import { createApplication, endpoint, issueKey } from '../../support/builders.js';
import { misused, succeeded } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import type { World } from './world.js';

export function searchCommands(world: () => World): void {
  describe('search', () => {
    let apiKey: string;

    beforeAll(async () => {
      const { app } = world();
      await createApplication(app, { appKey: 'greenhouse', name: 'Greenhouse' });
      ({ apiKey } = await issueKey(app, 'greenhouse'));
      await app.http
        .post('/register/endpoints')
        .set({ 'X-App-Key': 'greenhouse', 'X-API-Key': apiKey })
        .send({
          app_key: 'greenhouse',
          endpoints: [endpoint({ name: 'Water the tomatoes', path: '/tomatoes', method: 'POST' })],
        })
        .expect(200);
    });

    const found = succeeded(
      'SCORE  APPLICATION  ENVIRONMENT  METHOD  PATH       NAME                HEALTH',
      '100    greenhouse   production   POST    /tomatoes  Water the tomatoes  UNKNOWN',
    );

    it('finds by words, by method and path, and as the application itself', async () => {
      const { operator, stranger } = world();
      expect(await operator.run('search water the tomatoes --limit 1')).toEqual(found);
      expect(await operator.run('search POST /tomatoes --limit 1 --environment production')).toEqual(found);
      const env = { MCP_REGISTRY_APP_KEY: 'greenhouse', MCP_REGISTRY_API_KEY: apiKey };
      expect(await stranger.with({ env }).run('search water the tomatoes')).toEqual(found);
      expect(await operator.json('search tomatoes --application greenhouse')).toMatchObject({
        hits: [{ application: 'greenhouse', path: '/tomatoes' }],
        goodMatch: true,
      });
    });

    it('says when nothing fits', async () => {
      const { operator } = world();
      const nothing = await operator.run('search tomatoes --application greenhouse --healthy');
      expect(nothing).toEqual({
        code: 0,
        stdout: '',
        stderr: expect.stringContaining('No endpoint fits well.') as unknown,
      });
    });

    it('refuses what the registry would not take', async () => {
      const { operator, stranger } = world();
      expect(await operator.run('search')).toEqual(misused("error: missing required argument 'words'"));
      expect(await operator.run('search tomatoes --limit none')).toMatchObject({ code: 2 });
      expect(await operator.run('search tomatoes --method FETCH')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('#/method must be one of GET') as unknown,
      });
      expect((await stranger.run('search tomatoes')).stderr).toContain('Credentials refused');
    });
  });

  describe('mcp', () => {
    const messages = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
    const list = '{"jsonrpc":"2.0","id":"a","method":"tools/list"}';

    it('carries lines to the registry, and answers each request', async () => {
      const stdin = messages(
        list,
        '',
        '{"jsonrpc":"2.0","method":"notifications/initialized"}',
        '{torn',
        '[]',
        '"x"',
      );
      const { code, stdout, stderr } = await world().operator.with({ stdin }).run('mcp');
      expect([code, stderr]).toEqual([0, '']);
      const answers = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: unknown; result?: unknown; error?: { code: number } });
      const brief = answers.map(({ id, error }) => [id, error?.code]);
      expect(brief).toHaveLength(4);
      expect(brief).toEqual(
        expect.arrayContaining([
          ['a', undefined],
          [null, -32700],
          [null, -32600],
        ]),
      );
    });

    it('answers for a registry that refuses, or is not there', async () => {
      const { stranger } = world();
      const asked = stranger.with({ stdin: messages(list) });
      expect(JSON.parse((await asked.run('mcp')).stdout)).toMatchObject({
        id: 'a',
        error: { code: -32000, message: expect.stringContaining('Credentials refused') as unknown },
      });
      const away = await asked.with({ env: { MCP_REGISTRY_URL: 'http://127.0.0.1:1' } }).run('mcp');
      expect(JSON.parse(away.stdout)).toMatchObject({
        id: 'a',
        error: { code: -32000, message: expect.stringContaining('cannot be reached') as unknown },
      });
    });

    it('refuses a line without end', async () => {
      const stdin = messages(`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(1_100_000)}"}`, list);
      const { stdout } = await world().operator.with({ stdin }).run('mcp');
      const ids = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: unknown }).id);
      expect(ids).toEqual([null, 'a']);
    });
  });
}
