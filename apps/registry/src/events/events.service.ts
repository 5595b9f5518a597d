import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OperatorGuard } from '#libs/access/operator.guard.js';
import { type AnnouncedEntry, ChangeFeed, OPERATORS } from '#libs/database/change-feed.js';
import { Database } from '#libs/database/database.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { EventStream } from './event-stream.js';
import { TooManyStreams } from './events.errors.js';
import type { ApplicationChange } from './health-statuses.js';
import { HealthStatusesRepository } from './health-statuses.repository.js';
import { type ChangeAudience, ToldChanges } from './told-changes.js';

/** In one process. */
const MAX_STREAMS = 50;

/** The event streams of this process. Each reader is told of what it is bound to, and no longer than its credentials last. */
@Injectable()
export class EventsService implements OnModuleInit, ChangeAudience {
  private readonly streams = new Set<EventStream>();
  private readonly changes: ToldChanges;
  private isStopping = false;
  private isJudgementDue = false;
  private judgement: Promise<void> | undefined;

  constructor(
    private readonly operators: OperatorGuard,
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly database: Database,
    repository: HealthStatusesRepository,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    this.changes = new ToldChanges(feed, repository, this);
    feed.subscribe((appKey) => {
      if (appKey === OPERATORS || appKey === undefined) void this.judge();
    });
    feed.subscribeToEntries((entry) => {
      this.onEntry(entry);
    });
    metrics.gauge(
      {
        name: 'mcp_registry_event_streams',
        help: 'Clients that follow changes by GET /events.',
        ofWorkers: 'sum',
      },
      {},
      () => this.streams.size,
    );
  }

  /** Before Fastify waits for requests under way, of which a stream would be one for ever. */
  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('preClose', (done) => {
      this.isStopping = true;
      for (const stream of this.streams) stream.end();
      done();
    });
  }

  /** Answers with changes from now on. @throws TooManyStreams */
  async follow(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.streams.size >= MAX_STREAMS) throw new TooManyStreams(MAX_STREAMS);
    const stream: EventStream = new EventStream(request, () => {
      this.streams.delete(stream);
      if (this.streams.size === 0) this.changes.rest();
    });
    this.streams.add(stream);
    try {
      await this.changes.begin();
    } catch (error) {
      stream.end();
      this.streams.delete(stream);
      throw error;
    }
    void stream.begin(reply);
    if (this.isStopping) stream.end();
  }

  /** Shows proxies and clients that the streams live, and that their readers may still read. */
  async beat(): Promise<void> {
    for (const stream of this.streams) stream.comment('beat');
    await this.judge();
  }

  onChange({ appKey, health, ...change }: ApplicationChange): void {
    for (const stream of this.streams) {
      const { bindings } = stream;
      if (bindings === undefined || !change.isVisibleTo(bindings)) continue;
      stream.send({ name: 'application', data: { appKey } });
      for (const each of health) {
        if (!bindings.includesEnvironment(each.environment)) continue;
        stream.send({ name: 'health', data: { appKey, ...each } });
      }
    }
  }

  onResync(): void {
    for (const stream of this.streams) stream.send({ name: 'resync' });
  }

  private onEntry(entry: AnnouncedEntry | undefined): void {
    if (entry === undefined) {
      this.onResync();
      return;
    }
    const { id, appKey, environment } = entry;
    for (const stream of this.streams) {
      const { bindings } = stream;
      const isSeen =
        bindings !== undefined &&
        (bindings.applications === null || (appKey !== null && bindings.includesApplication(appKey))) &&
        (bindings.environments === null ||
          (environment !== null && bindings.includesEnvironment(environment)));
      if (isSeen) stream.send({ name: 'audit', data: { id } });
    }
  }

  private judge(): Promise<void> {
    this.isJudgementDue = true;
    // A change is told within the transaction that has made it, which has ended by now.
    this.judgement ??= this.database
      .outsideTransaction(() => this.judgeAll())
      .finally(() => {
        this.judgement = undefined;
      });
    return this.judgement;
  }

  private async judgeAll(): Promise<void> {
    while (this.isJudgementDue) {
      // The memories of credentials are told of the same change, some of them later.
      await nextTurn();
      this.isJudgementDue = false;
      await Promise.all([...this.streams].map((stream) => this.judgeOne(stream)));
    }
  }

  private async judgeOne(stream: EventStream): Promise<void> {
    try {
      await this.operators.admitStill(stream.request, 'viewer');
    } catch {
      // The refusal of its next request says why.
      stream.end();
    }
  }
}
