import { ENDPOINT_METHODS } from '#libs/domain/endpoint.js';
import { ChoiceField, IntegerField, TextField } from '#libs/validation/fields.js';
import { SEARCH_KINDS, type SearchKind } from '../search.service.js';

const MAX_QUERY_LENGTH = 1000;

export class SearchQuery {
  @TextField({
    description: 'The need in plain words, or an exact name, operation id or path.',
    example: 'give a customer their money back',
    maxLength: MAX_QUERY_LENGTH,
  })
  readonly q!: string;

  @TextField({
    description: 'Name of the environment; all that the caller sees when absent.',
    example: 'production',
    minLength: 0,
    maxLength: 63,
    presence: 'optional-not-null',
  })
  readonly environment?: string;

  @TextField({
    description: 'Only this application, by its app key.',
    example: 'orders',
    maxLength: 128,
    presence: 'optional-not-null',
  })
  readonly application?: string;

  @ChoiceField({
    description: 'Only endpoints of this method.',
    of: ENDPOINT_METHODS,
    anyCase: true,
    presence: 'optional-not-null',
  })
  readonly method?: string;

  @ChoiceField({
    description: 'Whether only endpoints of healthy environments are found.',
    of: ['any', 'healthy'],
    presence: 'optional-not-null',
  })
  readonly health?: string;

  @ChoiceField({
    description: 'Only endpoints, or only applications; both when absent.',
    of: SEARCH_KINDS,
    presence: 'optional-not-null',
  })
  readonly kind?: SearchKind;

  @IntegerField({
    description: 'How many endpoints are answered at most; 10 when absent.',
    min: 1,
    max: 50,
    presence: 'optional-not-null',
  })
  readonly limit?: number;

  @TextField({
    description: '`nextCursor` of the page before.',
    maxLength: 100,
    presence: 'optional-not-null',
  })
  readonly cursor?: string;
}
