import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { AppConfig } from '#libs/config/app-config.js';
import { createDataSource } from '#libs/database/data-source.js';
import { Database } from '#libs/database/database.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { entities } from '#registry/entities.js';
import {
  Availabilities,
  type UptimeAndResponseTime,
  windowsAt,
} from '#registry/monitoring/history/availability.js';
import { DayClosingRepository } from '#registry/monitoring/history/day-closing.repository.js';
import { DayPartitionsRepository } from '#registry/monitoring/history/day-partitions.repository.js';
import {
  HealthCheckLogRepository,
  type HealthCheckRecord,
} from '#registry/monitoring/history/health-check-log.repository.js';
import {
  HealthFiguresRepository,
  type HistoryPoint,
  type Resolution,
} from '#registry/monitoring/history/health-figures.repository.js';
import { HistoryMaintenanceService } from '#registry/monitoring/history/history-maintenance.service.js';
import { holdRows } from '../support/held-rows.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { insertApplicationRows, insertEnvironmentRows } from '../support/row-builders.js';
import { SeededRandom } from '../support/seeded-random.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RETENTION_DAYS = 30;
const TARGETS = ['shop', 'production', 'staging'];

Logger.overrideLogger(false);

class Crash extends Error {}

/** Ends like a process that is killed: at its n-th transaction, before it begins or before it commits. */
class MortalDatabase extends Database {
  private left = Infinity;
  private inside = false;

  dieAt(transaction: number): void {
    this.left = transaction;
  }

  override transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside) return super.transaction(work);
    this.left -= 1;
    if (this.left < -1) throw new Crash();
    this.inside = true;
    return super
      .transaction(async () => {
        const result = await work();
        if (this.left <= 0) throw new Crash();
        return result;
      })
      .finally(() => {
        this.inside = false;
      });
  }
}

/** One process on a database: what it writes, keeps and reads. */
class Replica {
  private constructor(
    private readonly dataSource: DataSource,
    readonly database: MortalDatabase,
  ) {}

  static async on(outside: TestDatabase): Promise<Replica> {
    const dataSource = createDataSource(
      { url: outside.url, maxConnections: 3, onConnectionError: () => undefined },
      entities,
    );
    await dataSource.initialize();
    return new Replica(dataSource, new MortalDatabase(dataSource));
  }

  get log(): HealthCheckLogRepository {
    return new HealthCheckLogRepository(this.database);
  }

  get figures(): HealthFiguresRepository {
    return new HealthFiguresRepository(this.database);
  }

  keep(now: Date, signal?: AbortSignal): Promise<void> {
    return new HistoryMaintenanceService(
      this.database,
      new DayPartitionsRepository(this.database),
      new DayClosingRepository(this.database),
      { healthLogRetentionDays: RETENTION_DAYS } as AppConfig,
    ).maintain(now, signal);
  }

  async availability(now: Date): Promise<Record<string, UptimeAndResponseTime>> {
    const counted = new Availabilities(await this.figures.availability(TARGETS, windowsAt(now)));
    return Object.fromEntries(TARGETS.map((id) => [id, counted.of(id)]));
  }

  /** The whole log, read in pages. */
  async pages(limit: number, status?: HealthCheckRecord['status']): Promise<HealthCheckRecord[]> {
    const all: HealthCheckRecord[] = [];
    let after: Keyset | undefined;
    for (;;) {
      const page = await this.log.list(TARGETS, status, after, limit);
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < limit) return all;
      after = { createdAt: last.checkedAt, id: last.targetId };
    }
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }
}

async function databaseWithTargets(): Promise<TestDatabase> {
  const outside = await createTestDatabase();
  await insertApplicationRows(outside, 'shop');
  await insertEnvironmentRows(outside, 'shop', 'production', 'staging');
  return outside;
}

const dayOf = (time: Date | number): string => new Date(time).toISOString().slice(0, 10);

function probe(targetId: string, time: number, fields: Partial<HealthCheckRecord> = {}): HealthCheckRecord {
  return {
    targetId,
    applicationId: 'shop',
    environmentId: targetId === 'shop' ? null : targetId,
    checkedAt: new Date(time),
    status: 'SUCCESS',
    statusCode: 200,
    responseTime: 0.1,
    message: null,
    consecutiveFailures: 0,
    consecutiveSuccesses: 0,
    ...fields,
  };
}

function randomProbe(random: SeededRandom, targetId: string, time: number): HealthCheckRecord {
  const responseTime = random.integer(1, 5000) / 1000;
  const kind = random.weighted({ success: 90, refused: 5, silent: 3, error: 2 });
  switch (kind) {
    case 'success':
      return probe(targetId, time, { responseTime, consecutiveSuccesses: random.integer(0, 100_000) });
    case 'refused':
      return probe(targetId, time, {
        status: 'FAILURE',
        statusCode: 503,
        responseTime,
        message: 'It said "503", \\ {NULL}',
        consecutiveFailures: random.integer(0, 100_000),
      });
    case 'silent':
      return probe(targetId, time, {
        status: 'FAILURE',
        statusCode: null,
        responseTime: null,
        message: 'timeout',
      });
    case 'error':
      return probe(targetId, time, {
        status: 'ERROR',
        statusCode: null,
        responseTime: null,
        message: 'forbidden',
      });
  }
}

/** The figures of probes, counted one by one. */
function figuresOf(probes: readonly HealthCheckRecord[]): Omit<HistoryPoint, 'environmentId' | 'start'> {
  const times = probes
    .flatMap(({ statusCode, responseTime }) =>
      statusCode === null || responseTime === null ? [] : [responseTime],
    )
    .sort((one, other) => one - other);
  const percentile = (share: number): number | null => times[Math.ceil(share * times.length) - 1] ?? null;
  return {
    probes: probes.filter(({ status }) => status !== 'ERROR').length,
    failures: probes.filter(({ status }) => status === 'FAILURE').length,
    errors: probes.filter(({ status }) => status === 'ERROR').length,
    responseTimeP50: percentile(0.5),
    responseTimeP95: percentile(0.95),
    responseTimeMax: percentile(1),
  };
}

/** What the history has to say about these probes. */
class Expected {
  readonly probes: HealthCheckRecord[] = [];

  availability(now: Date): Record<string, UptimeAndResponseTime> {
    const since = (id: string, from: number): HealthCheckRecord[] =>
      this.probes.filter(({ targetId, checkedAt }) => targetId === id && checkedAt.getTime() >= from);
    const uptime = (id: string, from: number): number | null => {
      const { probes, failures } = figuresOf(since(id, from));
      return probes === 0 ? null : Number((1 - failures / probes).toFixed(6));
    };
    const fullHour = (days: number): number => Math.floor((now.getTime() - days * DAY) / HOUR) * HOUR;
    return Object.fromEntries(
      TARGETS.map((id) => [
        id,
        {
          uptime: {
            last24Hours: uptime(id, now.getTime() - DAY),
            last7Days: uptime(id, fullHour(7)),
            last30Days: uptime(id, fullHour(30)),
            last90Days: uptime(id, fullHour(90)),
          },
          responseTimeP95: figuresOf(since(id, now.getTime() - DAY)).responseTimeP95,
        },
      ]),
    );
  }

  points(resolution: Resolution, from: Date, to: Date): HistoryPoint[] {
    const length = resolution === 'hour' ? HOUR : DAY;
    const buckets = new Map<string, HealthCheckRecord[]>();
    for (const one of this.probes) {
      const start = Math.floor(one.checkedAt.getTime() / length) * length;
      if (start < from.getTime() || start >= to.getTime()) continue;
      const key = `${new Date(start).toISOString()} ${TARGETS.indexOf(one.targetId)}`;
      buckets.set(key, [...(buckets.get(key) ?? []), one]);
    }
    return [...buckets].sort().map(([key, probes]) => ({
      environmentId: probes[0]?.environmentId ?? null,
      start: new Date(key.split(' ')[0] ?? ''),
      ...figuresOf(probes),
    }));
  }

  /** Newest first. */
  log(from: string, status?: HealthCheckRecord['status']): HealthCheckRecord[] {
    return this.probes
      .filter((one) => dayOf(one.checkedAt) >= from && (status === undefined || one.status === status))
      .sort(
        (one, other) =>
          other.checkedAt.getTime() - one.checkedAt.getTime() || (one.targetId < other.targetId ? 1 : -1),
      );
  }
}

async function partitions(outside: TestDatabase, table: string): Promise<string[]> {
  const rows = await outside.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
     WHERE inhparent = $1::regclass ORDER BY 1`,
    [`"${table}"`],
  );
  return rows.map(({ name }) => name);
}

const named = (table: string, ...days: readonly string[]): string[] =>
  days.map((day) => `${table}_${day.replaceAll('-', '')}`);

/** Compares what is kept with what was written, day after day. */
export function longHistory(name: string, days: number): void {
  describe(name, () => {
    const START = Date.parse('2025-10-20T00:00:00Z');
    const random = new SeededRandom(2026);
    const expected = new Expected();
    let outside: TestDatabase;
    let replica: Replica;

    beforeAll(async () => {
      outside = await databaseWithTargets();
      replica = await Replica.on(outside);
    });
    afterAll(async () => {
      await replica.close();
      await outside.drop();
    });

    async function append(...probes: readonly HealthCheckRecord[]): Promise<void> {
      await replica.log.append(probes);
      expected.probes.push(...probes);
    }

    async function expectEverything(now: Date): Promise<void> {
      expect(await replica.availability(now)).toEqual(expected.availability(now));
      for (const [resolution, length] of [
        ['hour', 3],
        ['day', 400],
      ] as const) {
        const from = new Date(now.getTime() - length * DAY);
        expect(await replica.figures.points(TARGETS, resolution, from, now)).toEqual(
          expected.points(resolution, from, now),
        );
      }
      const oldest = dayOf(now.getTime() - RETENTION_DAYS * DAY);
      // After a crash there may be more.
      const log = (await replica.pages(211)).filter(({ checkedAt }) => dayOf(checkedAt) >= oldest);
      expect(log).toEqual(expected.log(oldest));
    }

    it('is exact, whatever is interrupted, repeated or late', async () => {
      let crashes = 0;
      for (let n = 0; n < days; n++) {
        const day = START + n * DAY;
        // Some minutes after midnight, while the day before is open.
        const now = new Date(day + 20 * MINUTE);
        if (random.chance(0.2)) {
          replica.database.dieAt(random.integer(0, 5));
          await replica.keep(now).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Crash);
            crashes += 1;
          });
          replica.database.dieAt(Infinity);
          if (n % 80 < 8) await expectEverything(now);
        }
        // On some days no process maintains the history.
        if (random.chance(0.6)) await replica.keep(now);
        if (random.chance(0.1)) await replica.keep(now);

        const hours = Array.from({ length: 6 }, (_, n) => day + 4 * n * HOUR);
        await append(
          ...TARGETS.flatMap((target) =>
            hours.map((hour) => randomProbe(random, target, hour + random.integer(0, 4 * HOUR - 2))),
          ),
        );
        // Of a day closed long ago, of one that has no partition yet, and the last millisecond of a day.
        if (random.chance(0.1) && n > 20) {
          const late = day - random.integer(2, 20) * DAY + 3 * HOUR - 1;
          const isNew = !expected.probes.some(({ checkedAt }) => checkedAt.getTime() === late);
          if (isNew)
            await append(randomProbe(random, 'production', late), randomProbe(random, 'staging', late));
        }
        if (n % 50 === 7) await append(randomProbe(random, 'shop', day + 6 * DAY + HOUR - 1));
        if (n % 60 === 59) await expectEverything(new Date(day + DAY - 1));
      }
      expect(crashes).toBeGreaterThan(Math.floor(days / 20));
    }, 180_000);

    it('has lost what is older than the retention, and nothing else', async () => {
      const today = START + days * DAY;
      const now = new Date(today + 30 * MINUTE);
      await replica.keep(now);
      await expectEverything(now);

      const back = (count: number): string => dayOf(today - count * DAY);
      /** Days whose figures are there still. */
      const figures = Math.min(days, 400);
      const archived = Array.from({ length: RETENTION_DAYS }, (_, index) => back(RETENTION_DAYS - index));
      expect(await partitions(outside, 'HealthCheckLogArchive')).toEqual(
        named('HealthCheckLogArchive', ...archived),
      );
      expect(await partitions(outside, 'HealthCheckLog')).toEqual([
        ...named('HealthCheckLog', back(0), back(-1), back(-2)),
        'HealthCheckLog_default',
      ]);
      expect(
        await outside.query(
          `SELECT min("day")::text AS first, max("day")::text AS last, count(*)::integer AS rows FROM "HealthCheckRollup"`,
        ),
      ).toEqual([{ first: back(figures), last: back(1), rows: figures * TARGETS.length }]);
      expect(expected.log('2000-01-01').at(-1)?.checkedAt.getTime()).toBeLessThan(today - (days - 1) * DAY);
    });

    it('is filtered by how the probes ended', async () => {
      const oldest = dayOf(START + (days - RETENTION_DAYS) * DAY);
      for (const status of ['SUCCESS', 'FAILURE', 'ERROR'] as const) {
        expect(await replica.pages(13, status)).toEqual(expected.log(oldest, status));
      }
    });

    it('is one view for operators', async () => {
      const [newest] = expected.log('2000-01-01');
      expect(await outside.query(`SELECT * FROM "HealthCheck" ORDER BY "checkedAt" DESC LIMIT 1`)).toEqual([
        { ...newest, day: expect.any(Date) },
      ]);
      const kept = expected.log(dayOf(START + (days - RETENTION_DAYS) * DAY));
      expect(await outside.query(`SELECT count(*)::integer AS rows FROM "HealthCheck"`)).toEqual([
        { rows: kept.length },
      ]);
    });

    it('goes with its target', async () => {
      await outside.query(`DELETE FROM "Environment" WHERE "id" = 'staging'`);
      expect(
        await outside.query(
          `SELECT "targetId" FROM "HealthCheck" UNION SELECT "targetId" FROM "HealthCheckRollup" ORDER BY 1`,
        ),
      ).toEqual([{ targetId: 'production' }, { targetId: 'shop' }]);
    });
  });
}

export function keepers(): void {
  describe('keepers', () => {
    const YESTERDAY = Date.parse('2026-03-01T00:00:00Z');
    const NOW = new Date(YESTERDAY + DAY + 15 * MINUTE);
    let outside: TestDatabase;
    let one: Replica;
    let other: Replica;
    let probes: HealthCheckRecord[];

    beforeAll(async () => {
      outside = await databaseWithTargets();
      [one, other] = [await Replica.on(outside), await Replica.on(outside)];
      await one.keep(new Date(YESTERDAY));
      probes = TARGETS.flatMap((id) => [1, 2, 3].map((hour) => probe(id, YESTERDAY + hour * HOUR)));
      await one.log.append(probes);
    });
    afterAll(async () => {
      await one.close();
      await other.close();
      await outside.drop();
    });

    const counts = async (): Promise<Record<string, unknown> | undefined> => {
      const [row] = await outside.query(
        `SELECT (SELECT count(*)::integer FROM "HealthCheckLog") AS logged,
              (SELECT coalesce(sum(cardinality("offsets")), 0)::integer FROM "HealthCheckLogArchive") AS archived,
              (SELECT coalesce(sum("probes"), 0)::integer FROM "HealthCheckRollup") AS "rolledUp"`,
      );
      return row;
    };

    it('wait until the last probes of a day are in', async () => {
      await one.keep(new Date(YESTERDAY + DAY + 9 * MINUTE));
      expect(await counts()).toEqual({ logged: 9, archived: 0, rolledUp: 0 });
    });

    it('do nothing once they were told to stop', async () => {
      await one.keep(NOW, AbortSignal.abort());
      expect(await counts()).toEqual({ logged: 9, archived: 0, rolledUp: 0 });
    });

    it('leave out a target that is being deleted, without waiting', async () => {
      const held = await holdRows(
        outside.url,
        `SELECT 1 FROM "HealthTarget" WHERE "id" = 'staging' FOR UPDATE`,
      );
      await one.keep(NOW);
      expect(await counts()).toEqual({ logged: 3, archived: 6, rolledUp: 6 });
      await held.release();
    });

    it('put off what others are in the way of', async () => {
      // A transaction that reads the log keeps its partitions from being dropped.
      const reader = await holdRows(outside.url, `SELECT FROM "HealthCheckLog"`);
      await one.log.append([probe('staging', YESTERDAY + 4 * HOUR)]);
      const log = await one.pages(2);
      await one.keep(NOW);
      expect(await counts()).toEqual({ logged: 0, archived: 10, rolledUp: 10 });
      expect(await partitions(outside, 'HealthCheckLog')).toContain('HealthCheckLog_20260301');
      expect(await one.pages(2)).toEqual(log);
      await reader.release();
      await one.keep(NOW);
      expect(await partitions(outside, 'HealthCheckLog')).not.toContain('HealthCheckLog_20260301');
      expect(await one.pages(2)).toEqual(log);
    });

    it('work one at a time', async () => {
      await one.log.append(TARGETS.map((id) => probe(id, YESTERDAY + 5 * HOUR)));
      await Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? one : other).keep(NOW)));
      expect(await counts()).toEqual({ logged: 0, archived: 13, rolledUp: 13 });
    });

    it('do nothing while another one works', async () => {
      await one.log.append([probe('shop', YESTERDAY + 6 * HOUR)]);
      await one.database.transaction(async () => {
        expect(await new DayClosingRepository(one.database).tryLock()).toBe(true);
        await other.keep(NOW);
      });
      expect(await counts()).toEqual({ logged: 1, archived: 13, rolledUp: 13 });
      await other.keep(NOW);
      expect(await counts()).toEqual({ logged: 0, archived: 14, rolledUp: 14 });
    });

    it('let figures stand whose probes are kept no longer', async () => {
      const later = new Date(NOW.getTime() + (RETENTION_DAYS + 1) * DAY);
      await one.keep(later);
      expect(await counts()).toEqual({ logged: 0, archived: 0, rolledUp: 14 });
      await one.log.append([probe('shop', YESTERDAY + 7 * HOUR)]);
      await one.keep(later);
      expect(await counts()).toEqual({ logged: 0, archived: 0, rolledUp: 14 });
    });

    it('roll up what they were away for, even what is then kept no longer', async () => {
      await one.log.append([probe('shop', YESTERDAY + DAY + HOUR)]);
      await one.keep(new Date(NOW.getTime() + (RETENTION_DAYS + 10) * DAY));
      expect(await counts()).toEqual({ logged: 0, archived: 0, rolledUp: 15 });
    });
  });
}

export function appending(): void {
  describe('HealthCheckLogRepository.append', () => {
    const TIME = Date.parse('2026-03-01T12:00:00.123Z');
    let outside: TestDatabase;
    let replica: Replica;

    beforeAll(async () => {
      outside = await databaseWithTargets();
      replica = await Replica.on(outside);
    });
    afterAll(async () => {
      await replica.close();
      await outside.drop();
    });

    it('keeps every field, of any day, and leaves out targets that are gone', async () => {
      const probes = [
        probe('shop', TIME, { responseTime: 0.0421, consecutiveSuccesses: 7 }),
        probe('production', TIME, {
          status: 'FAILURE',
          statusCode: 503,
          message: '{"a", NULL}',
          consecutiveFailures: 3,
        }),
        probe('shop', TIME - 1000 * DAY, {
          status: 'ERROR',
          statusCode: null,
          responseTime: null,
          message: '',
        }),
      ];
      await replica.log.append([...probes, probe('gone', TIME)]);
      expect(await replica.log.list(TARGETS, undefined, undefined, 9)).toEqual([
        probes[0],
        probes[1],
        probes[2],
      ]);
    });

    it('takes no record, and one a second time', async () => {
      await replica.log.append([]);
      await replica.log.append([probe('shop', TIME, { responseTime: 7 })]);
      expect((await replica.log.list(['shop'], undefined, undefined, 1))[0]?.responseTime).toBe(0.0421);
    });

    it('writes in the current transaction', async () => {
      const work = replica.database.transaction(async () => {
        await replica.log.append([probe('staging', TIME)]);
        expect(await replica.log.list(['staging'], undefined, undefined, 9)).toHaveLength(1);
        throw new Error('undone');
      });
      await expect(work).rejects.toThrow('undone');
      expect(await replica.log.list(['staging'], undefined, undefined, 9)).toEqual([]);
    });
  });
}
