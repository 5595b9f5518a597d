import { HEALTH_STATUSES, type HealthStatus } from '#libs/domain/status.js';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import type { ApplicationHit, EndpointHit, HitHealth, SearchResult } from './search-result.js';

export class HitHealthResponse implements HitHealth {
  @ResponseField({ enum: HEALTH_STATUSES, example: 'ACTIVE' })
  readonly status!: HealthStatus;

  @ResponseField({
    type: String,
    format: 'date-time',
    nullable: true,
    example: TIME_EXAMPLE,
    description: 'When the status became what it is; null: it never changed',
  })
  readonly since!: string | null;

  @ResponseField({
    type: Number,
    nullable: true,
    example: 0.999,
    description: 'Share of the probes of the last 24 hours that succeeded, 0 to 1; null without probes',
  })
  readonly uptime24h!: number | null;

  @ResponseField({
    type: Number,
    nullable: true,
    example: 0.085,
    description:
      '95th percentile of the response times of the last 24 hours in seconds; null without answers',
  })
  readonly p95!: number | null;
}

export class EndpointHitResponse implements EndpointHit {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13' })
  readonly id!: string;

  @ResponseField({ example: 'payments', description: 'App key' })
  readonly application!: string;

  @ResponseField({ example: 'production' })
  readonly environment!: string;

  @ResponseField({ example: 'POST' })
  readonly method!: string;

  @ResponseField({ example: '/payments/{paymentId}/refunds' })
  readonly path!: string;

  @ResponseField({ example: 'Refund a payment' })
  readonly name!: string;

  @ResponseField({ type: String, nullable: true, example: 'Returns all or a part of the amount.' })
  readonly description!: string | null;

  @ResponseField({ type: 'integer', example: 87, description: '0 to 100, comparable between searches' })
  readonly score!: number;

  @ResponseField({ example: 'name: refund; path: payments', description: 'The words that matched, by field' })
  readonly why!: string;

  @ResponseField({ type: HitHealthResponse })
  readonly health!: HitHealthResponse;

  @ResponseField({ example: 'API_KEY', description: 'How the endpoint authenticates; `none`: it is public' })
  readonly auth!: string;

  @ResponseField({ example: false })
  readonly deprecated!: boolean;
}

export class ApplicationHitResponse implements ApplicationHit {
  @ResponseField({ example: 'payments', description: 'App key' })
  readonly application!: string;

  @ResponseField({ example: 'Payments' })
  readonly name!: string;

  @ResponseField({ type: String, nullable: true, example: 'Charges and refunds' })
  readonly description!: string | null;

  @ResponseField({ type: [String], example: ['production', 'staging'] })
  readonly environments!: readonly string[];
}

export class SearchResponse implements SearchResult {
  @ResponseField({ type: [EndpointHitResponse], description: 'The best first' })
  readonly hits!: EndpointHitResponse[];

  @ResponseField({ type: [ApplicationHitResponse], description: 'Applications that fit by their own words' })
  readonly applications!: ApplicationHitResponse[];

  @ResponseField({
    example: true,
    description: 'Whether a hit does what was asked for, as far as its words tell',
  })
  readonly goodMatch!: boolean;

  @ResponseField({
    type: [String],
    example: [],
    description: 'The nearest names, where nothing fits well',
  })
  readonly suggestions!: readonly string[];

  @ResponseField({
    type: String,
    nullable: true,
    example: null,
    description: 'For `cursor` of the next page; null: there is none',
  })
  readonly nextCursor!: string | null;
}
