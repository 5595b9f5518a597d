import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { Shown } from '#libs/responses/shown.decorator.js';
import { CHECK_STATUSES } from '../check-status.js';

export class HealthCheckLogResponse {
  @Shown({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12-1795334400000', description: 'Opaque' })
  readonly id!: string;

  @Shown({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly applicationId!: string;

  @Shown({
    type: String,
    nullable: true,
    example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12',
    description: "null: the application's own URL was checked",
  })
  readonly environmentId!: string | null;

  @Shown({
    enum: CHECK_STATUSES,
    description: 'ERROR: the registry could not or would not ask',
  })
  readonly status!: string;

  @Shown({ type: 'integer', nullable: true, example: 200, description: 'null: there was no answer' })
  readonly statusCode!: number | null;

  @Shown({ type: Number, nullable: true, example: 0.042, description: 'Seconds' })
  readonly responseTime!: number | null;

  @Shown({ type: String, nullable: true, example: null })
  readonly message!: string | null;

  @Shown({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly checkedAt!: Date;
}
