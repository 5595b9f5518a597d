import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import { CHECK_WORDS } from '../check-status.js';

export class HealthCheckLogResponse {
  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12-1795334400000', description: 'Opaque' })
  readonly id!: string;

  @ResponseField({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly applicationId!: string;

  @ResponseField({
    type: String,
    nullable: true,
    example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12',
    description: "null: the application's own URL was checked",
  })
  readonly environmentId!: string | null;

  @ResponseField({
    enum: CHECK_WORDS,
    description: 'error: the registry could not or would not ask',
  })
  readonly status!: string;

  @ResponseField({ type: 'integer', nullable: true, example: 200, description: 'null: there was no answer' })
  readonly statusCode!: number | null;

  @ResponseField({ type: Number, nullable: true, example: 0.042, description: 'Seconds' })
  readonly responseTime!: number | null;

  @ResponseField({ type: String, nullable: true, example: null })
  readonly message!: string | null;

  @ResponseField({ type: 'integer', example: 0, description: 'Of this target, up to this check' })
  readonly consecutiveFailures!: number;

  @ResponseField({ type: 'integer', example: 2 })
  readonly consecutiveSuccesses!: number;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly checkedAt!: Date;

  @ResponseField({
    type: String,
    format: 'date-time',
    example: TIME_EXAMPLE,
    description: 'The same as `checkedAt`',
  })
  readonly createdAt!: Date;
}
