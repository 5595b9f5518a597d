import { Injectable } from '@nestjs/common';
import type { OperatorCaller } from '../access/caller.js';
import { AsyncContext } from '../async-context/async-context.js';
import { ALIASES, ChangeFeed, OPERATORS } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import type { AuditAction } from './audited.decorator.js';

/** A change by a service. Values never hold secrets or hashes. */
export interface Change {
  readonly resourceType:
    | 'application'
    | 'environment'
    | 'endpoints'
    | 'api-key'
    | 'operator'
    | 'operator-key'
    | 'session';
  readonly resourceId: string;
  /** null: of the registry as a whole. */
  readonly applicationId: string | null;
  readonly appKey: string | null;
  /** Only of a renamed application: the app key that it had before. */
  readonly formerAppKey?: string;
  readonly environmentId?: string;
  readonly environment?: string;
  /** Only where it differs from the action of the route or transaction. */
  readonly action?: AuditAction;
  /** Only where the request had no caller when it began: who it turned out to be. */
  readonly by?: OperatorCaller;
  /** `undefined` for a created resource. */
  readonly before?: unknown;
  /** `undefined` for a deleted resource. */
  readonly after?: unknown;
}

interface Collection {
  readonly changes: Change[];
  readonly admit: (change: Change) => void;
}

/** Collects the changes of services for the audit interceptor, and invalidates caches. */
@Injectable()
export class ChangeRecorder {
  private readonly collected = new AsyncContext<Collection>();

  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  /**
   * Records a change; a call that changed nothing is not recorded. As soon as the change is committed, this
   * process drops cached values of the application.
   *
   * A service calls it before it writes much: a change that is not admitted then costs no writes.
   *
   * @throws Error outside an audited route: an unrecorded change must not happen
   * @throws DomainError when the change is not admitted
   */
  record(change: Change): void {
    const collection = this.collected.get();
    if (collection === undefined)
      throw new Error(`A change of ${change.resourceType} outside an audited route`);
    collection.admit(change);
    collection.changes.push(change);
    this.database.afterCommit(() => {
      this.feed.changedHere(change.appKey ?? OPERATORS);
      if (change.formerAppKey === undefined) return;
      this.feed.changedHere(change.formerAppKey);
      this.feed.changedHere(ALIASES);
    });
  }

  /**
   * Runs `work` and returns its result with the changes recorded in it.
   *
   * @param admit throws a DomainError for a change that must not happen
   */
  async collect<T>(
    work: () => Promise<T>,
    admit: (change: Change) => void,
  ): Promise<{ result: T; changes: readonly Change[] }> {
    const changes: Change[] = [];
    const result = await this.collected.run({ changes, admit }, work);
    return { result, changes };
  }
}
