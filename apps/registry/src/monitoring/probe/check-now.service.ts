import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { Database } from '#libs/database/database.js';
import { ApplicationNotFound } from '#libs/domain/not-found.errors.js';
import { checkWordOf } from '../check-status.js';
import type { HealthCheckResponse } from '../dto/health-check.response.js';
import { HealthChecksRepository, type MonitoredApplication } from '../health-checks.repository.js';
import { HealthRecorder } from './health-recorder.js';
import { HealthTargetsRepository, type NamedTarget } from './health-targets.repository.js';
import { probeUrlOf } from './probe-url.js';
import { type Check, Prober } from './prober.js';

interface Probed {
  readonly target: NamedTarget;
  readonly url: string;
  readonly check: Check;
}

/** Checks an application beside the schedule, in the way and with the consequences of the schedule. */
@Injectable()
export class CheckNowService {
  constructor(
    private readonly watched: HealthChecksRepository,
    private readonly targets: HealthTargetsRepository,
    private readonly prober: Prober,
    private readonly recorder: HealthRecorder,
    private readonly changes: ChangeRecorder,
    private readonly database: Database,
  ) {}

  /**
   * @param idOrKey of the application
   * @param bindings of the operator: nothing outside is probed
   * @throws ApplicationNotFound, also when it is deleted in the meantime
   */
  async check(idOrKey: string, bindings: Bindings): Promise<HealthCheckResponse> {
    // No connection is held while the network is waited for.
    const targets = await this.database.outsideTransaction(async () =>
      this.targets.ofApplication((await this.find(idOrKey, bindings)).id),
    );
    const within = targets.filter(({ environment }) =>
      environment === null ? bindings.environments === null : bindings.includesEnvironment(environment),
    );
    const probed = await Promise.all(within.flatMap((target) => this.probe(target)));
    const recorded = await this.recorder.record(probed, 'wait');
    const { id, appKey, healthStatus } = await this.find(idOrKey, bindings);
    const states = new Map(recorded.map(({ target, state }) => [target.targetId, state]));
    const checks = probed.flatMap(({ target: { targetId, environmentId, environment }, url, check }) => {
      const state = states.get(targetId);
      return state === undefined
        ? []
        : [{ environmentId, environment, url, ...check, ...state, status: checkWordOf(check.status) }];
    });
    this.changes.record({
      resourceType: 'application',
      resourceId: id,
      applicationId: id,
      appKey,
      after: {
        checks: checks.map(({ environment, status, statusCode, message }) => ({
          environment,
          status,
          statusCode,
          message,
        })),
      },
    });
    return { id, appKey, healthStatus, checks };
  }

  private async find(idOrKey: string, bindings: Bindings): Promise<MonitoredApplication> {
    const application = await this.watched.application(idOrKey, bindings);
    if (application === undefined) throw new ApplicationNotFound(idOrKey);
    return application;
  }

  private probe(target: NamedTarget): Promise<Probed>[] {
    const url = probeUrlOf(target);
    return url === undefined ? [] : [this.prober.check(url).then((check) => ({ target, url, check }))];
  }
}
