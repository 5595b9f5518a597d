import { MAX_PAGE_SIZE, PageQuery } from '#libs/pagination/page-query.js';
import { ChoiceField, IntegerField, TextField, TimeField } from '#libs/validation/fields.js';
import { CHECK_WORDS, type CheckWord } from '../check-status.js';
import type { Resolution } from '../history/health-figures.repository.js';

export const DEFAULT_LIMIT = 20;
export const MOST_DAYS = 400;
export const MOST_POINTS = 10_000;

const EnvironmentIdField = (): PropertyDecorator =>
  TextField({
    description: 'Only this environment, by its id.',
    maxLength: 255,
    presence: 'optional-not-null',
  });

export class HealthCheckLogQuery extends PageQuery {
  @IntegerField({
    description: 'Page size.',
    min: 1,
    max: MAX_PAGE_SIZE,
    default: DEFAULT_LIMIT,
    presence: 'optional-not-null',
  })
  declare readonly limit?: number;

  @EnvironmentIdField()
  readonly environment_id?: string;

  @ChoiceField({
    description: 'Only health checks that ended so.',
    of: CHECK_WORDS,
    anyCase: true,
    presence: 'optional-not-null',
  })
  readonly status?: CheckWord;
}

export class HealthHistoryQuery {
  @EnvironmentIdField()
  readonly environment_id?: string;

  @ChoiceField({
    description: 'What a point stands for; an hour when left out.',
    of: ['hour', 'day'],
    presence: 'optional-not-null',
  })
  readonly resolution?: Resolution;

  @TimeField({
    description: `The first point is the one this time lies in, at most ${MOST_DAYS} days before the end; by default 24 hours of hours, 30 days of days.`,
    presence: 'optional-not-null',
  })
  readonly from?: Date;

  @TimeField({
    description: 'Only points that begin before this time; now when left out.',
    presence: 'optional-not-null',
  })
  readonly to?: Date;
}
