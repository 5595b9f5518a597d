import { Injectable } from '@nestjs/common';
import { OutsideBindings } from '#libs/access/access.errors.js';
import { Bindings } from '#libs/access/bindings.js';
import type { OperatorCaller } from '#libs/access/caller.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { ApplicationNotFound } from '#libs/domain/not-found.errors.js';
import { Preconditions } from '#libs/entity-tags/preconditions.js';
import { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { OperatorsService } from '../operators/operators.service.js';
import { AppKeyAliasesRepository } from './app-key-aliases.repository.js';
import type { ApplicationEntity } from './application.entity.js';
import { TooManyAliases } from './application.errors.js';
import { tagOf } from './application-answers.js';
import { applicationChange } from './application-change.js';
import { ApplicationsRepository } from './applications.repository.js';
import type { AppKeyAliasResponse } from './dto/app-key-alias.response.js';
import {
  DEFAULT_GRACE_PERIOD_SECONDS,
  type RenameApplicationRequest,
} from './dto/rename-application.request.js';
import { RenamedApplicationResponse } from './dto/renamed-application.response.js';
import { refusePartOfApplication } from './part-of-application.js';

/** Former app keys of one application that still name it: all of them are in the memory of every process. */
const MAX_ALIASES = 10;

/** Gives applications other app keys; the old ones name them for a while. */
@Injectable()
export class ApplicationRenamesService {
  constructor(
    private readonly applications: ApplicationsRepository,
    private readonly aliases: AppKeyAliasesRepository,
    private readonly environments: EnvironmentsService,
    private readonly operators: OperatorsService,
    private readonly changes: ChangeRecorder,
    private readonly preconditions: Preconditions,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Everything below the application stays as it is, and operators who are bound to it stay bound. An app key that it had
   * before may be taken back.
   *
   * @throws ApplicationNotFound, AppKeyTaken, AppKeyIsAlias, TooManyAliases; OutsideBindings when the operator is bound to a
   *   part of the application, or to other applications than the new app key names
   */
  async rename(
    given: string,
    { appKey, gracePeriodSeconds }: RenameApplicationRequest,
    caller: OperatorCaller,
  ): Promise<TaggedResponse<RenamedApplicationResponse>> {
    refusePartOfApplication(caller);
    const application = await this.applications.findAndLock(given);
    if (application === null) throw new ApplicationNotFound(given);
    const environments = this.preconditions.areDemanded
      ? await this.environments.allOf(application.id, Bindings.NONE)
      : undefined;
    await this.preconditions.require(() => tagOf(application, environments ?? []));
    if (!caller.bindings.includesApplication(appKey)) throw new OutsideBindings(caller);
    if (appKey === application.appKey) return answer(application, null, environments);
    const renamed = { ...application, appKey, updatedAt: this.clock.now() };
    await this.applications.rename(application.id, { appKey, updatedAt: renamed.updatedAt });
    const alias = await this.keepAlias(application, gracePeriodSeconds ?? DEFAULT_GRACE_PERIOD_SECONDS);
    this.changes.record({
      ...applicationChange(renamed, { before: { appKey: application.appKey }, after: { appKey, alias } }),
      formerAppKey: application.appKey,
    });
    await this.operators.followRename(application.appKey, appKey);
    return answer(renamed, alias, environments);
  }

  /** Deletes the aliases that name nothing any more. */
  deleteExpiredAliases(): Promise<void> {
    return this.aliases.deleteExpired();
  }

  private async keepAlias(
    { id, appKey }: ApplicationEntity,
    gracePeriodSeconds: number,
  ): Promise<AppKeyAliasResponse | null> {
    if (gracePeriodSeconds === 0) return null;
    if ((await this.aliases.countOf(id)) >= MAX_ALIASES) throw new TooManyAliases(MAX_ALIASES);
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + gracePeriodSeconds * 1000);
    await this.aliases.insert({ appKey, applicationId: id, createdAt, expiresAt });
    return { appKey, expiresAt };
  }
}

function answer(
  application: ApplicationEntity,
  alias: AppKeyAliasResponse | null,
  environments: readonly EnvironmentResponse[] | undefined,
): TaggedResponse<RenamedApplicationResponse> {
  const tag = environments && tagOf(application, environments);
  return new TaggedResponse(toResponse(RenamedApplicationResponse, application, { alias }), tag);
}
