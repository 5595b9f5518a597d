import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import pg from 'pg';
import type { Counter, Metrics } from '../metrics/metrics.js';
import { parseConnectionUrl } from './connection-url.js';
import { DATABASE_TIME, type DatabaseClock } from './database-clock.js';

/** Where the triggers announce app keys; `*` for all. */
const CHANNEL = 'mcp_registry_changes';
const EVERYTHING = '*';
/** Where entries of the audit trail are announced; `*` for many. */
const AUDIT_CHANNEL = 'mcp_registry_audit';
const BEAT_MS = 200;
const BEAT = `SELECT pg_notify($1, $2), ${DATABASE_TIME} AS "shown"`;
/** Silence after which nothing is taken for current; leaves a tenth of the promised second for the answer itself. */
const CURRENT_MS = 900;
const RETRY_MS = 250;

/** Called with the app key of a changed application; `undefined`: any application may have changed. */
export type ChangeListener = (appKey: string | undefined) => void;

/** An entry that was added to the audit trail. */
export interface AnnouncedEntry {
  readonly id: string;
  readonly appKey: string | null;
  readonly environment: string | null;
}

/** Called with each new entry of the audit trail; `undefined`: there may be any number of them. */
export type EntryListener = (entry: AnnouncedEntry | undefined) => void;

/** What a change of operators or their keys is announced as: no app key has an at sign. */
export const OPERATORS = '@operators';

/** What a change of former app keys, or of what they name, is announced as. */
export const ALIASES = '@aliases';

/**
 * Publishes changes of the database in the order of commits, whichever process made them. Its heartbeats take the
 * same way as notifications: one that came back proves that every earlier commit has been published. Each
 * heartbeat also reads the database clock.
 */
@Injectable()
export class ChangeFeed {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly beats = `mcp_registry_beats_${randomUUID().replaceAll('-', '')}`;
  private readonly listeners: ChangeListener[] = [];
  private readonly entryListeners: EntryListener[] = [];
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** On the monotonic clock, when the last beat that came back was sent. */
  private confirmedAt = -Infinity;

  private readonly interruptions: Counter<never>;

  constructor(
    private readonly url: string,
    private readonly clock: DatabaseClock,
    metrics: Metrics,
  ) {
    metrics.gauge(
      {
        name: 'mcp_registry_change_feed_current',
        help: 'Whether changes are surely told in time (1), so that answers may come from memory, or not (0).',
        ofWorkers: 'min',
      },
      {},
      () => Number(this.isCurrent),
    );
    this.interruptions = metrics.counter({
      name: 'mcp_registry_change_feed_interruptions_total',
      help: 'How often the connection that tells of changes broke, fell silent or could not be made.',
    });
  }

  /** Whether everything that was committed a second ago has been told. Says no while the connection is broken. */
  get isCurrent(): boolean {
    return performance.now() - this.confirmedAt <= CURRENT_MS;
  }

  subscribe(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  /** As {@link subscribe}, without changes of operators and of former app keys. */
  subscribeToApplications(listener: ChangeListener): void {
    this.subscribe((appKey) => {
      if (appKey !== OPERATORS && appKey !== ALIASES) listener(appKey);
    });
  }

  /** What was missed while the feed was disconnected is told to {@link subscribe} only. */
  subscribeToEntries(listener: EntryListener): void {
    this.entryListeners.push(listener);
  }

  /** Publishes a change that this process has committed, without waiting for its notification. */
  changedHere(appKey: string): void {
    this.tell(appKey);
  }

  /** Listens until {@link stop}; the feed is not current before. */
  start(): void {
    this.running = this.listen();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async listen(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.listenOnce(signal).catch((error: unknown) => {
        if (signal.aborted) return;
        this.interruptions.inc({});
        this.logger.warn(`Change feed disconnected: ${(error as Error).message}`);
      });
      this.confirmedAt = -Infinity;
      this.tell(undefined);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when it is stopped; rejects when the connection breaks, or falls silent. */
  private async listenOnce(signal: AbortSignal): Promise<void> {
    const connecting = parseConnectionUrl(this.url);
    const client = new pg.Client({
      ...connecting,
      application_name: connecting.application_name ?? 'mcp-registry-changes',
      keepAlive: true,
    });
    const broken = new Promise<never>((_, reject) => {
      client.on('error', reject);
      client.on('end', () => {
        reject(new Error('the connection ended'));
      });
    });
    broken.catch(() => undefined);
    try {
      await client.connect();
      await Promise.race([this.follow(client, signal), broken]);
    } finally {
      // An orderly end would wait for a connection that may be silent.
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
  }

  private async follow(client: pg.Client, signal: AbortSignal): Promise<void> {
    const sent = new Map<string, number>();
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === CHANNEL) {
        this.tell(payload === EVERYTHING ? undefined : payload);
        return;
      }
      if (channel === AUDIT_CHANNEL) {
        this.tellOfEntry(payload);
        return;
      }
      this.confirmedAt = sent.get(payload) ?? this.confirmedAt;
      sent.delete(payload);
    });
    await client.query(`LISTEN ${CHANNEL}`);
    await client.query(`LISTEN ${AUDIT_CHANNEL}`);
    await client.query(`LISTEN ${this.beats}`);
    // Changes may have been missed while disconnected.
    this.tell(undefined);
    for (let beat = 0; !signal.aborted; beat++) {
      const sentAt = performance.now();
      const answered = client
        .query<{ shown: number }>(BEAT, [this.beats, String(beat)])
        .then(({ rows: [row] }) => {
          if (row !== undefined) this.clock.read(row.shown, sentAt, performance.now());
        });
      sent.set(String(beat), sentAt);
      const silence = sleep(CURRENT_MS, true, { signal, ref: false }).catch(() => false);
      if (await Promise.race([answered.then(() => false), silence])) {
        throw new Error('the connection is silent');
      }
      await sleep(BEAT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private tell(appKey: string | undefined): void {
    for (const listener of this.listeners) listener(appKey);
  }

  private tellOfEntry(payload: string): void {
    const entry = payload === EVERYTHING ? undefined : announcedEntry(payload);
    for (const listener of this.entryListeners) listener(entry);
  }
}

/** Anyone who may write to the database may announce anything. */
function announcedEntry(payload: string): AnnouncedEntry | undefined {
  try {
    const [id, appKey, environment] = JSON.parse(payload) as (string | null)[];
    return typeof id === 'string'
      ? { id, appKey: appKey ?? null, environment: environment ?? null }
      : undefined;
  } catch {
    return undefined;
  }
}
