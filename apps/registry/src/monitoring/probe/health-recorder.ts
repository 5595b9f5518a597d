import { Injectable, Logger } from '@nestjs/common';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import type { HealthStatus } from '#libs/domain/status.js';
import { HealthCheckLogRepository } from '../history/health-check-log.repository.js';
import { type HealthState, nextState, UNKNOWN_STATE } from './health-state.js';
import {
  type CheckedTarget,
  HealthTargetsRepository,
  type LockedTarget,
  type LockWait,
  type ProbeTarget,
} from './health-targets.repository.js';
import { NetworkOutage, type OutageNews } from './network-outage.js';
import type { Check } from './prober.js';

/** A target and how its check went; without a check there was nothing to probe. */
export interface ProbeResult {
  readonly target: ProbeTarget;
  readonly check: Check | undefined;
}

/** What became of a result. */
export interface RecordedResult extends ProbeResult {
  readonly state: HealthState;
}

interface StatusChange {
  readonly applicationId: string;
  readonly appKey: string;
  readonly environmentId: string | null;
  readonly environment: string | null;
  readonly before: HealthStatus;
  readonly after: HealthStatus;
  readonly message: string | null;
}

type Held = LockedTarget & Pick<ProbeResult, 'check'>;

const MILLISECOND = 1;

/**
 * Turns checks into history, statuses and audit entries: a constant number of statements in one transaction,
 * however many there are.
 */
@Injectable()
export class HealthRecorder {
  private readonly logger = new Logger(HealthRecorder.name);
  private readonly outage: NetworkOutage;

  constructor(
    private readonly targets: HealthTargetsRepository,
    private readonly history: HealthCheckLogRepository,
    private readonly transactions: AuditedTransactions,
    private readonly changes: ChangeRecorder,
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {
    this.outage = new NetworkOutage(config.healthChecks.intervalSeconds * 1000);
  }

  /**
   * Records scheduled results. Results whose lease was lost are dropped: its new holder probes again.
   *
   * @returns results of targets that were locked, to be tried again
   */
  async recordScheduled(results: readonly ProbeResult[]): Promise<ProbeResult[]> {
    const recorded = await this.transactions.run('health.status-changed', () => this.record(results, 'skip'));
    const known = new Set(recorded.map(({ target }) => target.targetId));
    const missing = results.filter(({ target }) => !known.has(target.targetId));
    if (missing.length === 0) return [];
    const held = await this.targets.heldLeases(missing.flatMap(({ target }) => target.lease ?? []));
    return missing.filter(({ target }) => held.has(target.targetId));
  }

  /**
   * Records results in the current transaction, whose audit entries the caller provides for.
   *
   * @returns those that were recorded, in the order of `results`
   */
  async record(results: readonly ProbeResult[], patience: LockWait): Promise<RecordedResult[]> {
    const locked = await this.targets.lock(
      results.map(({ target }) => target),
      patience,
    );
    const lockedById = new Map(locked.map((each) => [each.targetId, each]));
    const held = results.flatMap(({ target, check }): Held[] => {
      const row = lockedById.get(target.targetId);
      return row === undefined || (target.lease !== null && target.lease !== row.claimedBy)
        ? []
        : [{ ...row, check: check && { ...check, checkedAt: later(check.checkedAt, row.checkedAt) } }];
    });
    if (held.length === 0) return [];
    this.watchNetwork(held);
    const states = new Map(held.map((each) => [each.targetId, this.stateAfter(each)]));
    const stateOf = (targetId: string): HealthState => states.get(targetId) ?? UNKNOWN_STATE;
    const scheduled = new Set(
      results.flatMap(({ target }) => (target.lease === null ? [] : target.targetId)),
    );
    const checked = held.map(({ targetId, check }): CheckedTarget => ({
      targetId,
      checkedAt: check?.checkedAt ?? null,
      scheduled: scheduled.has(targetId),
      ...stateOf(targetId),
    }));
    await this.history.append(
      held.flatMap(({ targetId, applicationId, environmentId, check }) =>
        check === undefined
          ? []
          : [{ targetId, applicationId, environmentId, ...check, ...countersOf(stateOf(targetId)) }],
      ),
    );
    await this.targets.save(checked, this.config.healthChecks.intervalSeconds);
    await this.targets.show(checked);
    const derived = await this.targets.derive([...new Set(held.map(({ applicationId }) => applicationId))]);
    this.announce([
      ...held.flatMap((each): StatusChange[] => {
        const isRetiredApplication = each.environmentId === null && each.check === undefined;
        const after = stateOf(each.targetId).healthStatus;
        return isRetiredApplication
          ? []
          : [{ ...each, before: each.shown, after, message: each.check?.message ?? null }];
      }),
      ...derived.map((each): StatusChange => ({
        ...each,
        environmentId: null,
        environment: null,
        message: null,
      })),
    ]);
    return results.flatMap((result) => {
      const state = states.get(result.target.targetId);
      return state === undefined ? [] : [{ ...result, state }];
    });
  }

  private stateAfter({ check, ...state }: Held): HealthState {
    if (check === undefined) return UNKNOWN_STATE;
    if (this.outage.holds && isSilent(check)) return state;
    const { maxConsecutiveFailures: failures, maxConsecutiveSuccesses: successes } = this.config.healthChecks;
    return nextState(state, check.status, { failures, successes });
  }

  private watchNetwork(held: readonly Held[]): void {
    const observed = held.flatMap(({ healthStatus, check }) =>
      healthStatus === 'ACTIVE' && check !== undefined && check.status !== 'ERROR'
        ? [{ at: check.checkedAt.getTime(), silent: isSilent(check) }]
        : [],
    );
    const news = this.outage.observe(observed, this.clock.now().getTime());
    if (news !== undefined) this.logger.warn(OUTAGE_NEWS[news]);
  }

  private announce(changes: readonly StatusChange[]): void {
    for (const { before, after, message, ...place } of changes) {
      if (before === after) continue;
      const { applicationId, appKey, environmentId, environment } = place;
      this.changes.record({
        action: 'health.status-changed',
        resourceType: environmentId === null ? 'application' : 'environment',
        resourceId: environmentId ?? applicationId,
        applicationId,
        appKey,
        ...(environmentId !== null && { environmentId, environment: environment ?? undefined }),
        before: { healthStatus: before },
        after: { healthStatus: after, ...(message !== null && { message }) },
      });
      const name = environment === null ? appKey : `${appKey}/${environment}`;
      const line = `${name} is ${after}, was ${before}${message === null ? '' : ` (${withoutQueries(message)})`}`;
      this.database.afterCommit(() => {
        this.logger.log(line);
      });
    }
  }
}

const OUTAGE_NEWS: Record<OutageNews, string> = {
  began:
    'Nearly all healthy targets fell silent at once: the network of the registry itself seems to be down. Statuses are held as they are for at most two rounds',
  ended: 'Targets answer again: statuses follow the checks as before',
  believed: 'Nearly all healthy targets have been silent for two rounds: statuses follow the checks again',
};

/** For the log: what stands in a URL behind the `?` may be a secret. */
function withoutQueries(message: string): string {
  return message.replace(/\?\S*/g, '');
}

function countersOf({
  consecutiveFailures,
  consecutiveSuccesses,
}: HealthState): Omit<HealthState, 'healthStatus'> {
  return { consecutiveFailures, consecutiveSuccesses };
}

function isSilent({ status, statusCode }: Check): boolean {
  return status === 'FAILURE' && statusCode === null;
}

/** No two checks of a target at one time, so that time orders them: one beside the schedule may fall together with it. */
function later(time: Date, last: Date | null): Date {
  return last === null || time > last ? time : new Date(last.getTime() + MILLISECOND);
}
