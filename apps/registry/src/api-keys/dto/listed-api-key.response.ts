import { ResponseField } from '#libs/responses/response-field.decorator.js';
import { ApiKeyResponse } from './api-key.response.js';

const KEY_STATES = ['active', 'grace', 'expired', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** A key of any environment. */
export class ListedApiKeyResponse extends ApiKeyResponse {
  @ResponseField({ example: 'orders' })
  readonly appKey!: string;

  @ResponseField({ example: 'production' })
  readonly environment!: string;

  @ResponseField({
    enum: KEY_STATES,
    example: 'active',
    description: '`grace`: it is accepted until it expires, and a newer key of its name has taken its place',
  })
  readonly state!: KeyState;
}
