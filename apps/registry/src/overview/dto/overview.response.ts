import { HEALTH_STATUSES, type HealthStatus, type Status, STATUSES } from '#libs/domain/status.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';

const SECOND_EXAMPLE = '2026-01-31T09:26:53Z';

/** A list with an entry for each environment. */
const column = (
  items: { readonly type: string | readonly string[]; readonly [keyword: string]: unknown },
  example: unknown,
  description: string,
): PropertyDecorator =>
  ResponseField({ type: 'array', items: items as object, example: [example], description });

const TIME = { type: ['string', 'null'], format: 'date-time' };

/** Lists of equal length: the entries at an index are one environment. */
export class OverviewEnvironmentsResponse {
  @column(
    { type: 'integer' },
    0,
    'Index of its application; environments of one follow each other, the oldest first',
  )
  readonly application!: readonly number[];

  @column({ type: 'string' }, 'production', 'Its name')
  readonly name!: readonly string[];

  @column({ type: 'string', enum: STATUSES }, 'ACTIVE', 'Whether it may be used')
  readonly status!: readonly Status[];

  @column({ type: 'string', enum: HEALTH_STATUSES }, 'ACTIVE', 'Its health')
  readonly health!: readonly HealthStatus[];

  @column(TIME, SECOND_EXAMPLE, 'When its health became what it is; null: it never changed')
  readonly changedAt!: readonly (string | null)[];

  @column(TIME, SECOND_EXAMPLE, 'When it was probed last')
  readonly checkedAt!: readonly (string | null)[];

  @column(
    { type: ['number', 'null'] },
    0.999,
    'Share of the probes of the last 24 hours that succeeded, 0 to 1; null without probes',
  )
  readonly uptime24h!: readonly (number | null)[];

  @column(
    { type: ['number', 'null'] },
    0.085,
    '95th percentile of the response times of the last 24 hours in seconds; null without answers',
  )
  readonly p95!: readonly (number | null)[];

  @column(
    { type: ['string', 'null'], pattern: '^[ufe-]{24}$' },
    '--------uuuuuuuuuuuufuuu',
    'A letter for each of 24 hours, the last one for `hour`: `u` all probes succeeded, `f` one failed, `e` none failed but one could not be made, `-` there was none. null: not counted yet',
  )
  readonly hours!: readonly (string | null)[];

  @column({ type: 'integer' }, 20, 'How many are registered')
  readonly endpoints!: readonly number[];

  @column({ type: 'integer' }, 2, 'API keys that are accepted')
  readonly keys!: readonly number[];

  @column(TIME, null, 'When the first of these keys expires; null: none does')
  readonly soonestKeyExpiry!: readonly (string | null)[];
}

export class OverviewApplicationResponse {
  @ResponseField({ example: 'orders' })
  readonly appKey!: string;

  @ResponseField({ example: 'Order Service' })
  readonly name!: string;

  @ResponseField({ enum: STATUSES, example: 'ACTIVE' })
  readonly status!: Status;

  @ResponseField({
    enum: HEALTH_STATUSES,
    example: 'UNKNOWN',
    description: 'Of its own health check URL',
  })
  readonly health!: HealthStatus;
}

/** Every environment at once, in lists so that no text is repeated; environments are named as in paths, not by id. */
export class OverviewResponse {
  @ResponseField({
    type: String,
    format: 'date-time',
    example: '2026-01-31T09:00:00.000Z',
    description: 'Start of the hour of the last letter of `hours`',
  })
  readonly hour!: string;

  @ResponseField({
    example: true,
    description:
      'Whether the last 24 hours of all environments are counted; otherwise `uptime24h`, `p95` and `hours` of some are null for a few seconds',
  })
  readonly hasFigures!: boolean;

  @ResponseField({ type: [OverviewApplicationResponse], description: 'Oldest first' })
  readonly applications!: readonly OverviewApplicationResponse[];

  @ResponseField({ type: OverviewEnvironmentsResponse })
  readonly environments!: OverviewEnvironmentsResponse;
}
