import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';

const seconds = (example: number): PropertyDecorator =>
  ResponseField({ type: Number, nullable: true, example, description: 'Seconds; null without answers' });

export class HealthHistoryPointResponse {
  @ResponseField({
    type: String,
    nullable: true,
    example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12',
    description: "null: the application's own URL",
  })
  readonly environmentId!: string | null;

  @ResponseField({
    type: String,
    format: 'date-time',
    example: TIME_EXAMPLE,
    description: 'When the hour or day begins',
  })
  readonly start!: Date;

  @ResponseField({ type: 'integer', example: 12, description: 'Health checks that succeeded or failed' })
  readonly probes!: number;

  @ResponseField({ type: 'integer', example: 1 })
  readonly failures!: number;

  @ResponseField({
    type: 'integer',
    example: 0,
    description: 'Those the registry could not or would not make',
  })
  readonly errors!: number;

  @ResponseField({
    type: Number,
    nullable: true,
    example: 0.916667,
    description: '0 to 1; null without probes',
  })
  readonly uptime!: number | null;

  @seconds(0.042)
  readonly responseTimeP50!: number | null;

  @seconds(0.085)
  readonly responseTimeP95!: number | null;

  @seconds(0.31)
  readonly responseTimeMax!: number | null;
}
