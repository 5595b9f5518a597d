import { TextField } from '#libs/validation/fields.js';

/** Either a key or a code. */
export class StartSessionRequest {
  @TextField({
    description: 'The key of an operator. Not together with `code`.',
    example: 'mcpop_0f1e2d3c4b5a6978_4nVb0yZ1f5aXq2mJk8Lw3sRtUvWxYz0AbCdEfGhIjKl',
    maxLength: 4096,
    presence: 'optional',
  })
  readonly key?: string | null;

  @TextField({
    description: 'A code of `POST /session/codes`, which is valid for a minute and once.',
    // The example of a whole request must not set both.
    example: null,
    maxLength: 100,
    presence: 'optional',
  })
  readonly code?: string | null;
}
