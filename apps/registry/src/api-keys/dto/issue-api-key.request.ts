import { IntegerField, TextField, TimeField } from '#libs/validation/fields.js';

const MAX_DAYS = 3650;

export class ExpiryRequest {
  @TimeField({
    description: 'When the key stops being accepted. Never, when absent.',
    // The example of a whole request must not set both.
    example: null,
    presence: 'optional',
  })
  readonly expiresAt?: Date | null;

  @IntegerField({
    description: 'The same as a number of days from now. Not together with `expiresAt`.',
    example: 90,
    min: 1,
    max: MAX_DAYS,
    presence: 'optional',
  })
  readonly expiresInDays?: number | null;
}

export class IssueApiKeyRequest extends ExpiryRequest {
  @TextField({ description: 'What the key is used for.', example: 'orders deployment', maxLength: 255 })
  readonly name!: string;
}

export class RotateApiKeyRequest extends ExpiryRequest {
  @IntegerField({
    description: 'How long the old secret lives on.',
    example: 3600,
    min: 0,
    max: MAX_DAYS * 86_400,
    default: 0,
    presence: 'optional',
  })
  readonly gracePeriodSeconds?: number | null;
}
