import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Figure } from '../benchmark.js';
import { type Arrivals, loopbackAddresses } from '../origins/loopback-origins.js';
import { residentMemory } from '../processes/resident-memory.js';
import type { Stage } from '../stage.js';

const TARGETS = 10_000;
const INTERVAL_SECONDS = 10;
const INTERVAL_MS = INTERVAL_SECONDS * 1000;
const ROUNDS = 4;
/** Rounds before the measurement: 10,000 targets were registered at once just before. */
const WARM_UP_ROUNDS = 1;
/** Tolerance for the difference between the clocks of a lease and of an arrival. */
const CLOCK_MS = 1;

/** Compares probes of 10,000 targets, each with its own origin, every ten seconds, with their schedule. */
export async function probingFigures(stage: Stage): Promise<Figure[]> {
  const database = await stage.database();
  const origins = await stage.loopbackOrigins();
  const client = new pg.Client(database);
  await client.connect();
  stage.endWith(() => client.end());
  await client.query('TRUNCATE "Application" CASCADE');
  const service = await stage.service({
    DATABASE_URL: database,
    HEALTH_CHECK_INTERVAL: String(INTERVAL_SECONDS),
    LOG_LEVEL: 'warning',
  });
  const addresses = loopbackAddresses(TARGETS);
  const begun = Date.now();
  await register(
    client,
    addresses.map((address) => `http://${address}:${origins.port}/health`),
    begun,
  );
  const connections = await mostConnections(client, begun + (WARM_UP_ROUNDS + ROUNDS + 1) * INTERVAL_MS);
  const { missed, lateness } = comparedWithSchedule(await origins.takeArrivals(), addresses, begun);
  const { highest } = await residentMemory(service.pid);
  const atMost = (value: number): Figure['target'] => ({ of: 'measured', bound: 'at most', value });
  return [
    { what: 'probes missed or twice in a round', unit: '', measured: missed, target: atMost(0) },
    { what: 'lateness, p99', unit: 'ms', measured: lateness, target: atMost(2000) },
    { what: 'resident memory', unit: 'MiB', measured: highest, target: atMost(300) },
    { what: 'database connections', unit: '', measured: connections, target: atMost(5) },
  ];
}

/** Registers targets, each with its due time in the rounds that begin at `begun`. */
async function register(client: pg.Client, urls: readonly string[], begun: number): Promise<void> {
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO "Application" ("id", "name", "appKey", "healthCheckUrl")
     SELECT 'target-' || n, 'Target', 'target-' || n, url FROM unnest($1::text[]) WITH ORDINALITY AS u(url, n)`,
    [urls],
  );
  await client.query(
    `UPDATE "HealthTarget" SET "checkedAt" = 'epoch',
            "dueAt" = to_timestamp($1::double precision / 1000) + (substr("id", 8)::integer - 1) * interval '1 ms' * $2`,
    [begun, INTERVAL_MS / urls.length],
  );
  await client.query('COMMIT');
}

async function mostConnections(client: pg.Client, end: number): Promise<number> {
  let most = 0;
  while (Date.now() < end) {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::integer AS "count" FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'mcp-registry%'`,
    );
    most = Math.max(most, rows[0]?.count ?? 0);
    await sleep(250);
  }
  return most;
}

function comparedWithSchedule(
  arrivals: Arrivals,
  addresses: readonly string[],
  begun: number,
): { missed: number; lateness: number } {
  const late: number[] = [];
  let missed = 0;
  for (const [n, address] of addresses.entries()) {
    const times = arrivals.get(address) ?? new Float64Array();
    const first = begun + (n * INTERVAL_MS) / addresses.length + WARM_UP_ROUNDS * INTERVAL_MS;
    for (let round = 0; round < ROUNDS; round++) {
      const due = first + round * INTERVAL_MS - CLOCK_MS;
      const [at, ...others] = times.filter((time) => time >= due && time < due + INTERVAL_MS);
      if (at === undefined || others.length > 0) missed += 1;
      else late.push(at - due);
    }
  }
  late.sort((a, b) => a - b);
  return { missed, lateness: late[Math.floor(late.length * 0.99)] ?? Infinity };
}
