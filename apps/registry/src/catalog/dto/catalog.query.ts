import { IntegerField, TextField, TimeField } from '#libs/validation/fields.js';

const MAX_LIMIT = 100;

/** The query of the MCP Registry API; what it does not know is ignored. */
export class CatalogQuery {
  @IntegerField({
    description: 'Most entries of a page.',
    min: 1,
    max: MAX_LIMIT,
    presence: 'optional-not-null',
  })
  readonly limit?: number;

  @TextField({
    description: '`metadata.nextCursor` of the page before; it holds the search as well.',
    maxLength: 500,
    presence: 'optional-not-null',
  })
  readonly cursor?: string;

  @TextField({
    description: 'Only servers whose name has this in it.',
    example: 'registry',
    minLength: 0,
    maxLength: 200,
    presence: 'optional-not-null',
  })
  readonly search?: string;

  @TimeField({
    description: 'Only servers that changed after this time.',
    example: '2026-01-31T12:00:00Z',
    presence: 'optional-not-null',
  })
  readonly updated_since?: Date;

  @TextField({
    description: 'Only this version, or the latest.',
    example: 'latest',
    maxLength: 100,
    presence: 'optional-not-null',
  })
  readonly version?: string;
}
