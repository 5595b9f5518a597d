import { MAX_PAGE_SIZE, PageQuery } from '#libs/pagination/page-query.js';
import { IntegerField, TextField, TimeField } from '#libs/validation/fields.js';

export const DEFAULT_LIMIT = 50;

export class AuditLogQuery extends PageQuery {
  @IntegerField({
    description: 'Page size.',
    min: 1,
    max: MAX_PAGE_SIZE,
    default: DEFAULT_LIMIT,
    presence: 'optional-not-null',
  })
  declare readonly limit?: number;

  @TextField({
    description: 'Only entries of this application, those under its former app keys among them.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly app_key?: string;

  @TextField({
    description: 'Only entries of environments with this name.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly environment?: string;

  @TextField({
    description: 'Only this action, such as `application.updated`.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly action?: string;

  @TextField({
    description:
      'Only by `admin`, `application`, `registry`, `cli`, `imported`, `anonymous`, or the API key with this id.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly actor?: string;

  @TextField({
    description: 'Only by, or of, the operator with this name or id; `REGISTRY_ADMIN_KEY` for that key.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly operator?: string;

  @TextField({
    description: 'Only entries of the thing with this id.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly resource_id?: string;

  @TextField({
    description: 'Only what the request with this `X-Request-Id` did.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly request_id?: string;

  @TextField({
    description: 'Only credentials refused for this reason, such as `expired-api-key`.',
    maxLength: 255,
    presence: 'optional-not-null',
  })
  readonly reason?: string;

  @TimeField({
    description: 'Only entries at or after this time.',
    example: '2026-01-01T00:00:00Z',
    presence: 'optional-not-null',
  })
  readonly from?: Date;

  @TimeField({ description: 'Only entries before this time.', presence: 'optional-not-null' })
  readonly to?: Date;
}
