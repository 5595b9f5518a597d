import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';

/** A former app key, and until when it names its application. */
export class AppKeyAliasResponse {
  @ResponseField({ example: 'purchases' })
  readonly appKey!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly expiresAt!: Date;
}
