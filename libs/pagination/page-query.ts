import { IntegerField, TextField } from '../validation/fields.js';

export const MAX_PAGE_SIZE = 500;

/** Query of a list: whole without `limit`, in pages with it. */
export class PageQuery {
  @IntegerField({
    description: 'Page size. Without it the whole list is answered.',
    min: 1,
    max: MAX_PAGE_SIZE,
    presence: 'optional-not-null',
  })
  readonly limit?: number;

  @TextField({
    description: 'Where the page begins: taken from the `Link` header with `rel="next"` of the page before.',
    maxLength: 500,
    presence: 'optional-not-null',
  })
  readonly cursor?: string;
}
