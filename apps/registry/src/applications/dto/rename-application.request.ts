import { IntegerField } from '#libs/validation/fields.js';
import { NewAppKeyField } from './application-fields.js';

const DAY_SECONDS = 86_400;
/** Long enough for a release of every client. */
export const DEFAULT_GRACE_PERIOD_SECONDS = 30 * DAY_SECONDS;
const MAX_GRACE_PERIOD_SECONDS = 366 * DAY_SECONDS;

export class RenameApplicationRequest {
  @NewAppKeyField()
  readonly appKey!: string;

  @IntegerField({
    description: 'How long the old app key lives on as an alias; with 0 it ends at once.',
    example: DEFAULT_GRACE_PERIOD_SECONDS,
    min: 0,
    max: MAX_GRACE_PERIOD_SECONDS,
    default: DEFAULT_GRACE_PERIOD_SECONDS,
    presence: 'optional',
  })
  readonly gracePeriodSeconds?: number | null;
}
