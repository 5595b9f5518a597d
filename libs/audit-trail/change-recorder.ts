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

/** Where services say what they changed; the audit interceptor collects it. */
@Injectable()
export class ChangeRecorder {
  private readonly collected = new Ambient<Change[]>();

  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  /**
   * Says that something was changed. What changed nothing is not said. As soon as the change is committed, nothing
   * this process remembers of the application is used any more.
   *
   * @throws Error outside an audited route: a change nobody would record must not happen
   */
  record(change: Change): void {
    const changes = this.collected.get();
    if (changes === undefined) throw new Error(`A change of ${change.resourceType} outside an audited route`);
    changes.push(change);
    this.database.afterCommit(() => {
      this.feed.changedHere(change.appKey);
    });
  }

  /** Runs `work` and gives its result together with the changes said meanwhile. */
  async collect<T>(work: () => Promise<T>): Promise<{ result: T; changes: readonly Change[] }> {
    const changes: Change[] = [];
    const result = await this.collected.run(changes, work);
    return { result, changes };
  }
}
