import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { addDays, type UtcDay } from './utc-day.js';

/** The tables partitioned by UTC day; partitions are named as `HealthCheckLog_20261125`. */
export type PartitionedTable = 'HealthCheckLog' | 'HealthCheckLogArchive';

/** Readers and writers queue behind a waiting lock; less than `deadlock_timeout`. */
const LONGEST_WAIT_MS = 500;
/** For looking into a partition under the lock. */
const LONGEST_STATEMENT_MS = 1000;

/**
 * Makes and drops partitions. What would hold up the service for longer than a second is given up, as a
 * TransactionConflict or DatabaseTooSlow, and can be tried again.
 */
@Injectable()
export class DayPartitionsRepository {
  constructor(private readonly database: Database) {}

  /** The days that have a partition of their own, oldest first. */
  async days(table: PartitionedTable): Promise<UtcDay[]> {
    const rows = await this.database.query<{ day: UtcDay }>(
      `SELECT to_char(to_date(substring(c.relname FROM '_(\\d{8})$'), 'YYYYMMDD'), 'YYYY-MM-DD') AS "day"
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = $1::regclass AND c.relname ~ '_\\d{8}$' ORDER BY 1`,
      [`"${table}"`],
    );
    return rows.map(({ day }) => day);
  }

  /** Makes the partition of a day, unless rows of that day are in the default partition: they stay there. */
  async make(table: PartitionedTable, day: UtcDay): Promise<void> {
    await this.database.transaction(async () => {
      await this.lockBriefly(
        '"HealthTarget" IN SHARE ROW EXCLUSIVE MODE',
        `"${table}" IN ACCESS EXCLUSIVE MODE`,
      );
      if (table === 'HealthCheckLog' && (await this.isInDefault(day))) return;
      await this.database.query(
        `CREATE TABLE IF NOT EXISTS ${partition(table, day)} PARTITION OF "${table}"
         FOR VALUES FROM ('${bound(table, day)}') TO ('${bound(table, addDays(day, 1))}')`,
      );
    });
  }

  async drop(table: PartitionedTable, day: UtcDay): Promise<void> {
    await this.database.transaction(async () => {
      await this.lockBriefly(`"${table}" IN ACCESS EXCLUSIVE MODE`);
      await this.database.query(`DROP TABLE IF EXISTS ${partition(table, day)}`);
    });
  }

  /** Drops the partition if it is empty, which is checked while writes are blocked. */
  async dropIfEmpty(table: PartitionedTable, day: UtcDay): Promise<void> {
    if (!(await this.days(table)).includes(day)) return;
    const name = partition(table, day);
    // Looked at before as well: not every row that is left should stop all writers.
    if (await this.hasRows(name)) return;
    await this.database.transaction(async () => {
      await this.lockBriefly(`"${table}" IN ACCESS EXCLUSIVE MODE`);
      if (!(await this.hasRows(name))) await this.database.query(`DROP TABLE ${name}`);
    });
  }

  private async hasRows(name: string): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM ${name}) AS "found"`,
    );
    return row?.found === true;
  }

  private async isInDefault(day: UtcDay): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM "HealthCheckLog_default" WHERE "checkedAt" >= $1 AND "checkedAt" < $2) AS "found"`,
      [bound('HealthCheckLog', day), bound('HealthCheckLog', addDays(day, 1))],
    );
    return row?.found === true;
  }

  /** In the order in which those who write take theirs: target, table, partition. */
  private async lockBriefly(...locks: readonly string[]): Promise<void> {
    await this.database.query(`SET LOCAL lock_timeout = ${LONGEST_WAIT_MS}`);
    await this.database.query(`SET LOCAL statement_timeout = ${LONGEST_STATEMENT_MS}`);
    for (const lock of locks) await this.database.query(`LOCK TABLE ONLY ${lock}`);
  }
}

function partition(table: PartitionedTable, day: UtcDay): string {
  return `"${table}_${day.replaceAll('-', '')}"`;
}

function bound(table: PartitionedTable, day: UtcDay): string {
  return table === 'HealthCheckLog' ? `${day}T00:00:00Z` : day;
}
