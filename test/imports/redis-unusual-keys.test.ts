import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUnprintable } from '#cli/terminal/printable.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { hasRedisServer, type RedisServer, startRedisServer } from '../support/redis-server.js';
import { runImport, summaryOf } from '../support/run-import.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const PREFIX = 'com.autogentmcp.registry:app:';
const ENDPOINT = JSON.stringify({ endpoint_uri: '/crates', method: 'GET' });
const NOT_UTF_8 = Buffer.from([0x63, 0x61, 0x66, 0xe9]);

(hasRedisServer() ? describe : describe.skip)('import redis of keys that cannot be kept', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let directory: string;

  beforeAll(async () => {
    [redis, database, directory] = await Promise.all([
      startRedisServer(),
      createTestDatabase(),
      mkdtemp(join(tmpdir(), 'registry-import-')),
    ]);
    const set = (key: Buffer | string, value: Buffer | string): Promise<unknown> =>
      redis.client.set(Buffer.concat([Buffer.from(PREFIX), Buffer.from(key)]), value);
    await set('aaa', '{}');
    await set('mid\u0000dle', '{}');
    await set('esc\u001b[31m\u009b\u202e', '[]');
    await set(NOT_UTF_8, '{}');
    await set('value', Buffer.concat([Buffer.from('{"app_description": "'), NOT_UTF_8, Buffer.from('"}')]));
    await set('nested', `{"security": ${'['.repeat(100_000)}`);
    await set('zzz', '{}');
    await redis.client.rPush(`${PREFIX}zzz:endpoints`, [
      ENDPOINT,
      Buffer.concat([Buffer.from('{"endpoint_uri": "/'), NOT_UTF_8, Buffer.from('"}')]),
      `{"request_body": ${'['.repeat(100_000)}`,
    ]);
  });
  afterAll(async () => {
    await redis.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('names each of them, and goes on to the end', async () => {
    const surroundings = { databaseUrl: database.url, sourceUrl: redis.url, cwd: directory };
    const shown = await runImport(['redis', '-', '--dry-run'], surroundings);
    expect(shown.code).toBe(1);
    expect(isUnprintable(shown.stdout + shown.stderr)).toBe(false);
    const result = await runImport(['redis', '-', '--json'], surroundings);
    expect(result.code).toBe(1);
    expect(isUnprintable(result.stdout + result.stderr)).toBe(false);
    const { complete, summary, problems } = summaryOf(result);
    expect(complete).toBe(true);
    expect(problems).toEqual([
      { record: `${PREFIX}caf\\xe9`, detail: 'is not valid UTF-8' },
      { record: `${PREFIX}esc\u001b[31m\u009b\u202e`, detail: 'is not a JSON object' },
      { record: `${PREFIX}mid\u0000dle`, detail: 'has an app key that holds U+0000' },
      { record: `${PREFIX}nested`, detail: 'is nested deeper than 200 levels' },
      { record: `${PREFIX}value`, detail: 'is not valid UTF-8' },
      { record: `${PREFIX}zzz:endpoints[1]`, detail: 'is not valid UTF-8' },
      { record: `${PREFIX}zzz:endpoints[2]`, detail: 'is nested deeper than 200 levels' },
    ]);
    expect(summary.applications).toMatchObject({ added: 2, skipped: 5 });
    expect(await database.query('SELECT "appKey" FROM "Application" ORDER BY 1')).toEqual([
      { appKey: 'aaa' },
      { appKey: 'zzz' },
    ]);
  });
});
