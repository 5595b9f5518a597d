import { PageQuery } from '#libs/pagination/page-query.js';
import { ChoiceField, TextField } from '#libs/validation/fields.js';

/** What keys may be looked for; all but the last two are kept only while the key is accepted. */
const KEY_CONDITIONS = [
  'active',
  'expiring',
  'grace',
  'never-used',
  'stale',
  'no-expiry',
  'expired',
  'revoked',
] as const;
export type KeyCondition = (typeof KEY_CONDITIONS)[number];

export class AllApiKeysQuery extends PageQuery {
  @ChoiceField({
    description:
      'Only keys that are accepted (`active`) and `expiring` within 14 days, in their `grace` period after a rotation, `never-used`, ' +
      '`stale` (not used for 90 days) or without an end (`no-expiry`); or that were `revoked`, or `expired`.',
    of: KEY_CONDITIONS,
    presence: 'optional-not-null',
  })
  readonly state?: KeyCondition;

  @TextField({
    description: 'Only keys of the application with this app key.',
    maxLength: 128,
    presence: 'optional-not-null',
  })
  readonly application?: string;

  @TextField({
    description: 'Only keys of environments with this name.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly environment?: string;
}
