import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { AS_ADMIN } from '../support/secrets.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

const MEBIBYTE = 1024 * 1024;
const ENTRIES = 30;

/** A service with 768 MiB reads what versions without a bound wrote: 18 MB of schemas an entry. */
describe('the trail of an earlier version', () => {
  let service: SpawnedService;

  beforeAll(async () => {
    service = await spawnService({ NODE_OPTIONS: '--max-old-space-size=768' });
    for (let number = 0; number < ENTRIES; number += 1) {
      await service.database.query(
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "appKey", "resourceType", "before", "after")
         SELECT 'entry-' || $1::integer, '2026-01-01Z'::timestamptz + $1::integer * interval '1 second',
                'endpoints.registered', 'application', 'orders', 'endpoints', j, j
         FROM (SELECT json_build_object('updated', json_object_agg('GET /' || n, json_build_object('requestBody',
                 (SELECT json_object_agg('p' || m, json_build_object('type', 'string', 'title', md5((n * m)::text)))
                  FROM generate_series(1, 30) m)))) AS j
               FROM generate_series(1, 4900) n) s`,
        [number],
      );
    }
  });
  afterAll(() => service.stop());

  it('is read to its end, page by page, by several operators at once', async () => {
    const [size] = await service.database.query<{ bytes: number }>(
      `SELECT octet_length("before"::text) AS "bytes" FROM "AuditLog" LIMIT 1`,
    );
    expect(size?.bytes).toBeGreaterThan(9_000_000);
    const read = async (): Promise<void> => {
      const seen: string[] = [];
      let path: string | undefined = '/audit-logs?app_key=orders';
      while (path !== undefined) {
        const response = await fetch(`${service.url}${path}`, { headers: AS_ADMIN });
        expect(response.status).toBe(200);
        const text = await response.text();
        expect(text.length).toBeLessThan(4 * MEBIBYTE + 1024);
        seen.push(...(JSON.parse(text) as { id: string }[]).map(({ id }) => id));
        path = /<([^>]*)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
      }
      expect(seen).toEqual(Array.from({ length: ENTRIES }, (_, number) => `entry-${ENTRIES - 1 - number}`));
    };
    await Promise.all([read(), read(), read(), read()]);
    expect(service.isRunning()).toBe(true);
  });
});
