import type { AppConfig } from '#libs/config/app-config.js';
import type { PreparedDatabase } from '../prepare-database.js';

/** The configuration of a worker. */
export interface WorkerConfig {
  readonly config: AppConfig;
  /** The prepared database, with the share of connections of this worker. */
  readonly database: PreparedDatabase['settings'];
}

/** Messages of the primary to a worker. Node.js uses the same channel. */
export type WorkerCommand =
  | { readonly type: 'registry:serve'; readonly assignment: WorkerConfig }
  | { readonly type: 'registry:stop' };

/** Messages of a worker to the primary. */
export type WorkerEvent =
  /** The worker listens for messages: earlier ones are lost. */
  | { readonly type: 'registry:awake' }
  | { readonly type: 'registry:ready' }
  /** It exits now, with the reason for the operator. */
  | { readonly type: 'registry:failed'; readonly reason: string };

export function isWorkerCommand(message: unknown): message is WorkerCommand {
  return isOneOf(message, ['registry:serve', 'registry:stop']);
}

export function isWorkerEvent(message: unknown): message is WorkerEvent {
  return isOneOf(message, ['registry:awake', 'registry:ready', 'registry:failed']);
}

function isOneOf(message: unknown, types: readonly string[]): boolean {
  return types.includes((message as { type?: string } | null)?.type ?? '');
}
