import { Injectable } from '@nestjs/common';
import { Ambient } from '../ambient/ambient.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import type { AuditAction } from './audited.decorator.js';

/** What a service changed. Values never hold secrets or hashes. */
export interface Change {
  readonly resourceType: 'application' | 'environment' | 'endpoints' | 'api-key';
  readonly resourceId: string;
  readonly applicationId: string;
  readonly appKey: string;
  readonly environmentId?: string;
  readonly environment?: string;
  /** When it is another one than that of the route, or of the work, it was changed in. */
  readonly action?: AuditAction;
  /** `undefined` for what did not exist before. */
  readonly before?: unknown;
  /** `undefined` for what no longer exists. */
  readonly after?: unknown;
}

interface Collection {
  readonly changes: Change[];
  readonly admit: (change: Change) => void;
}

/** Where services say what they changed; the audit interceptor collects it. */
@Injectable()
export class ChangeRecorder {
  private readonly collected = new Ambient<Collection>();

  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  /**
   * Says that something was changed. What changed nothing is not said. As soon as the change is committed, nothing
   * this process remembers of the application is used any more.
   *
   * A service that is about to write much says so before: a change that is not admitted then costs no writing.
   *
   * @throws Error outside an audited route: a change nobody would record must not happen
   * @throws DomainError when the change is not admitted
   */
  record(change: Change): void {
    const collection = this.collected.get();
    if (collection === undefined)
      throw new Error(`A change of ${change.resourceType} outside an audited route`);
    collection.admit(change);
    collection.changes.push(change);
    this.database.afterCommit(() => {
      this.feed.changedHere(change.appKey);
    });
  }

  /**
   * Runs `work` and gives its result together with the changes said meanwhile.
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
