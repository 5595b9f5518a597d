import type { EntitySubscriberInterface, QueryRunner } from 'typeorm';
import type { AfterQueryEvent, BeforeQueryEvent } from 'typeorm/subscriber/event/QueryEvent.js';
import type { Tracing } from '../tracing/tracing.js';

/** Traces every statement, including those that begin and end transactions. */
export class StatementTracing implements EntitySubscriberInterface {
  /** A runner has one statement at a time. */
  private readonly startedAt = new WeakMap<QueryRunner, number>();

  constructor(private readonly tracing: Tracing) {}

  beforeQuery({ queryRunner }: BeforeQueryEvent): void {
    this.startedAt.set(queryRunner, Date.now());
  }

  afterQuery({ queryRunner, query, error }: AfterQueryEvent): void {
    this.tracing.statement({
      text: query,
      startedAt: this.startedAt.get(queryRunner) ?? Date.now(),
      error: error as unknown,
    });
  }
}
