import type { AppConfig } from '#libs/config/app-config.js';
import type { PreparedDatabase } from '../prepare-database.js';

/** What a worker needs to know to serve. */
export interface Assignment {
  readonly config: AppConfig;
  /** Ready, with this worker's share of the connections. */
  readonly database: PreparedDatabase['settings'];
}

/** What the primary tells a worker. Others use the same channel. */
export type Order =
  { readonly type: 'registry:serve'; readonly assignment: Assignment } | { readonly type: 'registry:stop' };

/** What a worker tells the primary. */
export type Report =
  /** It listens: what it was told before is lost. */
  | { readonly type: 'registry:awake' }
  | { readonly type: 'registry:ready' }
  /** It ends now, for the reason the operator is to read. */
  | { readonly type: 'registry:failed'; readonly reason: string };

export function isOrder(message: unknown): message is Order {
  return isOneOf(message, ['registry:serve', 'registry:stop']);
}

export function isReport(message: unknown): message is Report {
  return isOneOf(message, ['registry:awake', 'registry:ready', 'registry:failed']);
}

function isOneOf(message: unknown, types: readonly string[]): boolean {
  return types.includes((message as { type?: string } | null)?.type ?? '');
}
