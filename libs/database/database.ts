import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { AsyncContext } from '../async-context/async-context.js';
import { CommitUncertain, DatabaseUnavailable, translateDatabaseError } from './database-errors.js';

/** A statement of code that its transaction did not wait for. */
class StatementAfterEnd extends Error {
  constructor() {
    super('Query after the end of its transaction');
  }
}

/** What statements of the current asynchronous flow go through. */
type Work = Pick<UnitOfWork, 'manager' | 'afterCommit'>;

/** A unit of work whose transaction begins with the first statement: refused input never costs a connection. */
class UnitOfWork {
  private begun: Promise<QueryRunner> | undefined;
  private opened: Promise<EntityManager> | undefined;
  private ended = false;
  private readonly committed: (() => void)[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly statementTimeoutMs: number | undefined,
    /** Runs with the begun transaction before any other statement; a rejection keeps all of them from running. */
    private readonly opening: (manager: EntityManager) => Promise<void>,
  ) {}

  async manager(): Promise<EntityManager> {
    // A transaction begun now would never end, nor give its connection back.
    if (this.ended) throw new StatementAfterEnd();
    this.opened ??= this.open();
    return this.opened;
  }

  /** @throws what kept the transaction from opening, even when the statement that met it was caught */
  async refuseUnopened(): Promise<void> {
    await this.opened;
  }

  afterCommit(work: () => void): void {
    this.committed.push(work);
  }

  async commit(): Promise<void> {
    this.ended = true;
    await this.commitBegun();
    for (const work of this.committed) work();
  }

  private async commitBegun(): Promise<void> {
    if (this.begun === undefined) return;
    const runner = await this.begun;
    try {
      await runner.commitTransaction();
    } catch (error) {
      throw translateDatabaseError(error) instanceof DatabaseUnavailable ? new CommitUncertain() : error;
    } finally {
      await runner.release();
    }
  }

  async rollback(): Promise<void> {
    this.ended = true;
    await this.opened?.catch(() => undefined);
    const runner = await this.begun?.catch(() => undefined);
    if (runner === undefined) return;
    try {
      await runner.rollbackTransaction();
    } catch {
      // The connection is gone, and the transaction with it: the error that led here is the one to report.
    } finally {
      await runner.release();
    }
  }

  private async open(): Promise<EntityManager> {
    this.begun = this.begin();
    const { manager } = await this.begun;
    await this.opening(manager);
    return manager;
  }

  private async begin(): Promise<QueryRunner> {
    const runner = oneAtATime(this.dataSource.createQueryRunner());
    try {
      await runner.startTransaction();
      if (this.statementTimeoutMs !== undefined) {
        await runner.query(`SET LOCAL statement_timeout = ${this.statementTimeoutMs}`);
      }
      return runner;
    } catch (error) {
      // Without this the pool would get a connection back that is in a transaction, if it has not lost it.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
      throw error;
    }
  }
}

/** The same runner; statements issued side by side wait for each other, because pg 9 will refuse a busy connection. */
function oneAtATime(runner: QueryRunner): QueryRunner {
  const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
  let last: Promise<unknown> = Promise.resolve();
  return Object.assign(runner, {
    query: (...parameters: unknown[]) => {
      const next = last.then(() => query(...parameters));
      last = next.catch(() => undefined);
      return next;
    },
  });
}

/**
 * Database access of every repository. Inside {@link transaction} all statements of the same asynchronous flow
 * share one transaction; outside, each runs on its own.
 */
@Injectable()
export class Database {
  private readonly current = new AsyncContext<Work>();
  private readonly shutdownWrites: (() => Promise<void>)[] = [];

  /**
   * @param transactionStatementTimeoutMs for statements of a transaction behind a transaction pooler, where
   *   sessions cannot have a limit
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactionStatementTimeoutMs?: number,
  ) {}

  /** The entity manager of the current transaction, or of the pool. */
  async manager(): Promise<EntityManager> {
    // Outside of its transaction the statement would be kept although the transaction may have been rolled back.
    if (this.current.hasEnded()) throw new StatementAfterEnd();
    return (await this.current.get()?.manager()) ?? this.dataSource.manager;
  }

  /** Runs one parameterised statement and gives its rows; those of an UPDATE or DELETE only where it stands in a WITH. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const manager = await this.manager();
    return manager.query<Row[]>(sql, [...parameters]);
  }

  /** Registers a flush of buffered writes, which runs after the last request. */
  onShutdown(write: () => Promise<void>): void {
    this.shutdownWrites.push(write);
  }

  /** Runs the registered flushes, then ends all connections. */
  async close(): Promise<void> {
    await Promise.all(this.shutdownWrites.map((write) => write()));
    await this.dataSource.destroy();
  }

  /** Whether a statement of its own is answered in time. */
  async answersWithin(milliseconds: number): Promise<boolean> {
    const timeout = new AbortController();
    const answered = this.dataSource.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const late = setTimeout(milliseconds, false, { signal: timeout.signal }).catch(() => false);
    return Promise.race([answered, late]).finally(() => {
      timeout.abort();
    });
  }

  /** Has `work` run when the current transaction is committed, never when it is not; at once outside of one. */
  afterCommit(work: () => void): void {
    const unit = this.current.get();
    if (unit === undefined) work();
    else unit.afterCommit(work);
  }

  /** Runs `work` outside the current transaction: what it reads takes no connection into what follows. */
  async outsideTransaction<T>(work: () => Promise<T>): Promise<T> {
    return this.current.exit(work);
  }

  /**
   * Runs `work` in a transaction (READ COMMITTED): committed when it resolves, rolled back when it rejects.
   * Within a transaction it joins that one.
   *
   * @param first runs in the transaction right before the first statement of `work`, and not at all when there is
   *   none; when it rejects, so does that statement and every later one, and nothing is committed
   */
  async transaction<T>(work: () => Promise<T>, first?: () => Promise<void>): Promise<T> {
    if (this.current.get() !== undefined) {
      await first?.();
      return work();
    }
    const unit: UnitOfWork = new UnitOfWork(
      this.dataSource,
      this.transactionStatementTimeoutMs,
      async (manager) => {
        if (first === undefined) return;
        const opening: Work = {
          manager: () => Promise.resolve(manager),
          afterCommit: (done) => {
            unit.afterCommit(done);
          },
        };
        await this.current.run(opening, first);
      },
    );
    return this.current.run(unit, async () => {
      let result: T;
      try {
        result = await work();
        await unit.refuseUnopened();
      } catch (error) {
        await unit.rollback();
        throw error;
      }
      await unit.commit();
      return result;
    });
  }
}
