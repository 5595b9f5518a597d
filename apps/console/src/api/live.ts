import { signal } from '@preact/signals';
import { refreshOverview } from '../state/registry.js';
import { session } from '../state/session.js';
import { api } from './client.js';
import { Problem } from './problem.js';

/** How current the page is. */
export type Liveness = 'live' | 'reconnecting' | 'paused';

export const liveness = signal<Liveness>('reconnecting');

/** What changed since the last time: pages read again what they show. */
export interface Changes {
  /** Applications by app key; undefined: any may have changed. */
  readonly applications: ReadonlySet<string> | undefined;
  readonly hasAuditEntries: boolean;
}

/** The latest changes, collected for a moment. */
export const changes = signal<Changes>({ applications: new Set(), hasAuditEntries: false });

const COLLECTED_MS = 300;
/** After a stream that ended by itself: its credentials may be the reason. */
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** Times of checks and figures are no events. */
const FIGURES_MS = 30_000;

/** Follows the registry while the page is visible. The function that is answered ends it. */
export function followRegistry(): () => void {
  let stream: AbortController | undefined;
  const start = (): void => {
    if (document.hidden || stream !== undefined) return;
    stream = new AbortController();
    void follow(stream.signal);
  };
  const stop = (): void => {
    stream?.abort();
    stream = undefined;
    liveness.value = 'paused';
  };
  const turn = (): void => {
    if (document.hidden) stop();
    else start();
  };
  document.addEventListener('visibilitychange', turn);
  const figures = setInterval(() => {
    if (!document.hidden && session.value != null) void refreshOverview();
  }, FIGURES_MS);
  start();
  return () => {
    document.removeEventListener('visibilitychange', turn);
    clearInterval(figures);
    stop();
  };
}

async function follow(signal: AbortSignal): Promise<void> {
  const isStopped = (): boolean => signal.aborted;
  let pause = RETRY_MS;
  while (!isStopped()) {
    try {
      // Without a session it would only be refused, and the trail would say so.
      if (session.value == null) throw Problem.unreachable();
      const { data } = await api.GET('/events', { parseAs: 'stream', signal });
      liveness.value = 'live';
      pause = RETRY_MS;
      // What happened before the stream began was not told.
      tell({ event: 'resync', data: '{}' });
      if (data != null) await readEvents(data);
    } catch {
      // The mark in the header says that it is tried again.
    }
    if (isStopped()) return;
    liveness.value = 'reconnecting';
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, LONGEST_RETRY_MS);
  }
}

async function readEvents(stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    blocks.forEach((block) => {
      const field = (name: string): string | undefined =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const event = field('event');
      if (event !== undefined) tell({ event, data: field('data') ?? '{}' });
    });
  }
}

let collected: { keys: Set<string>; isResync: boolean; hasAuditEntries: boolean } | undefined;

function tell({ event, data }: { readonly event: string; readonly data: string }): void {
  if (collected === undefined) {
    collected = { keys: new Set(), isResync: false, hasAuditEntries: false };
    setTimeout(publish, COLLECTED_MS);
  }
  if (event === 'audit') collected.hasAuditEntries = true;
  else if (event === 'resync') collected.isResync = true;
  else {
    const { appKey } = JSON.parse(data) as { readonly appKey?: string };
    if (appKey !== undefined) collected.keys.add(appKey);
  }
}

function publish(): void {
  if (collected === undefined) return;
  const { keys, isResync, hasAuditEntries } = collected;
  collected = undefined;
  if (isResync || keys.size > 0) void refreshOverview();
  changes.value = {
    applications: isResync ? undefined : keys,
    hasAuditEntries: hasAuditEntries || isResync,
  };
}
