import { FlagField, IntegerField, TextField } from '#libs/validation/fields.js';

const MAX_REQUESTS = 1_000_000_000;
const MAX_WINDOW_SECONDS = 31_536_000;

/** Replaces the pointer as a whole: what is left out is unknown. */
export class EnvironmentSecurityRequest {
  @TextField({
    description:
      'Under which key a vault keeps the credentials for the environment: a pointer, never a secret.',
    example: 'vault://orders/production',
    minLength: 0,
    maxLength: 512,
    emptyIsNull: true,
    presence: 'optional',
  })
  readonly vaultKey?: string | null;

  @FlagField({ description: 'Whether calls are limited.', example: true, presence: 'optional' })
  readonly rateLimitEnabled?: boolean | null;

  @IntegerField({
    description: 'Calls in each window.',
    example: 100,
    min: 0,
    max: MAX_REQUESTS,
    presence: 'optional',
  })
  readonly rateLimitRequests?: number | null;

  @IntegerField({
    description: 'The window in seconds.',
    example: 60,
    min: 0,
    max: MAX_WINDOW_SECONDS,
    presence: 'optional',
  })
  readonly rateLimitWindow?: number | null;
}
