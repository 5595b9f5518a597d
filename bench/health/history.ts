import pg from 'pg';
import { loadConfig } from '#libs/config/load-config.js';
import { createDataSource } from '#libs/database/data-source.js';
import { Database } from '#libs/database/database.js';
import { DayClosingRepository } from '#registry/monitoring/history/day-closing.repository.js';
import { DayPartitionsRepository } from '#registry/monitoring/history/day-partitions.repository.js';
import {
  HistoryMaintenanceService,
  ROLLUP_RETENTION_DAYS,
} from '#registry/monitoring/history/history-maintenance.service.js';
import type { Figure } from '../benchmark.js';
import type { Stage } from '../stage.js';

const TARGETS = 10_000;
const PROBES_A_DAY = 288;
const LOG_DAYS = 30;
const GIGABYTE = 1e9;
/** The generated rows that are measured. */
const SAMPLE = { targets: 300, days: 5, failureShare: 0.005 };
const NOW = new Date('2026-06-15T23:59:59Z');

/** Size of a year of history at 10,000 targets and 300 s, projected from the bytes per row. */
export async function historyFigures(stage: Stage): Promise<Figure[]> {
  const url = await stage.database();
  const client = new pg.Client(url);
  await client.connect();
  stage.endWith(() => client.end());
  await client.query('TRUNCATE "Application" CASCADE');
  const dataSource = createDataSource({ url, maxConnections: 3, onConnectionError: () => undefined }, []);
  await dataSource.initialize();
  stage.endWith(() => dataSource.destroy());
  const database = new Database(dataSource);
  const keeping = new HistoryMaintenanceService(
    database,
    new DayPartitionsRepository(database),
    new DayClosingRepository(database),
    await loadConfig({ SECRET_KEY: 'bench', REGISTRY_ADMIN_KEY: 'bench' }),
  );
  const firstDay = new Date(NOW.getTime() - SAMPLE.days * 86_400_000);
  await keeping.makePartitionsAhead(firstDay);
  await keeping.makePartitionsAhead(new Date(NOW.getTime() - 2 * 86_400_000));
  await keeping.makePartitionsAhead(NOW);
  await generate(client);
  const rawRow = (await bytesOf(client, 'HealthCheckLog')) / (await rowsOf(client, 'HealthCheckLog'));
  await keeping.maintain(NOW);
  const archived =
    (await bytesOf(client, 'HealthCheckLogArchive')) / (await rowsOf(client, 'HealthCheckLogArchive'));
  const rollup = (await bytesOf(client, 'HealthCheckRollup')) / (await rowsOf(client, 'HealthCheckRollup'));
  const projected = TARGETS * (PROBES_A_DAY * rawRow + LOG_DAYS * archived + ROLLUP_RETENTION_DAYS * rollup);
  return [
    {
      what: 'a year of history',
      unit: 'GB',
      measured: projected / GIGABYTE,
      baseline: (TARGETS * PROBES_A_DAY * 365 * rawRow) / GIGABYTE,
      target: { of: 'measured', bound: 'at most', value: 5 },
      note: `${rawRow.toFixed(0)} B a raw row, ${archived.toFixed(0)} B a target and day of archive, ${rollup.toFixed(0)} B of rollup`,
    },
  ];
}

/** Inserts probes of complete days and of the present day, in order of time. */
async function generate(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO "Application" ("id", "name", "appKey")
     SELECT '0199f0a2-7d7c-7b7e-8a54-' || lpad(n::text, 12, '0'), 'Target', 'target-' || n FROM generate_series(1, $1::integer) n`,
    [SAMPLE.targets],
  );
  await client.query(
    `INSERT INTO "HealthCheckLog" ("targetId", "checkedAt", "responseTime", "statusCode", "status", "applicationId", "message")
     SELECT "id", at + random() * interval '1 second', 0.02 + random() ^ 4, CASE WHEN failed THEN 503 ELSE 200 END,
            CASE WHEN failed THEN 'FAILURE' ELSE 'SUCCESS' END, "id", CASE WHEN failed THEN 'HTTP 503' END
     FROM generate_series($1::timestamptz - interval '1 day' * $2::integer - interval '23 hours 59 minutes', $1, interval '300 seconds') at,
          "Application", LATERAL (SELECT random() < $3 AND at IS NOT NULL AND "id" IS NOT NULL AS failed) f
     ORDER BY at, "id"`,
    [NOW, SAMPLE.days, SAMPLE.failureShare],
  );
}

/** Bytes of a table with its partitions, indexes and TOAST data. */
async function bytesOf(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT sum(pg_total_relation_size(relid))::double precision AS "bytes" FROM pg_partition_tree($1)
     UNION ALL SELECT pg_total_relation_size($1::regclass)::double precision ORDER BY 1 DESC NULLS LAST LIMIT 1`,
    [`"${table}"`],
  );
  return rows[0]?.bytes ?? 0;
}

async function rowsOf(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::integer AS "count" FROM "${table}"`,
  );
  return rows[0]?.count ?? 0;
}
