import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow, IsArray } from 'class-validator';
import { Converted } from '#libs/validation/field-conversion.js';
import { FlagField, TextField } from '#libs/validation/fields.js';
import { BodyEnvironmentField } from '../../environments/dto/environment-fields.js';
import { EndpointRegistration } from './endpoint-registration.js';

/** The whole set of an environment's endpoints. */
export class ReplaceEndpointsRequest {
  /** Checked one by one in {@link validEndpoints}, after their number: a list may be long. */
  @ApiProperty({
    type: () => [EndpointRegistration],
    minItems: 1,
    description: 'The whole set of the environment.',
  })
  @IsArray({ message: 'must be a list' })
  @Converted()
  readonly endpoints!: readonly unknown[];

  /** Checked in {@link validDefinitions}. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'object' }, { type: 'boolean' }] },
    nullable: true,
    example: { Order: { type: 'object', properties: { id: { type: 'string' } } } },
    description:
      'JSON Schemas that schemas of the endpoints refer to as `#/$defs/NAME`: the whole set of the environment.',
  })
  @Allow()
  @Converted()
  readonly definitions?: unknown;
}

/** The same, of the application that calls. */
export class RegisterEndpointsRequest extends ReplaceEndpointsRequest {
  @TextField({
    description: 'The app key of the caller, as in X-App-Key.',
    example: 'orders',
    maxLength: 128,
  })
  readonly app_key!: string;

  @BodyEnvironmentField()
  readonly environment?: string | null;
}

export class RegisterEndpointsQuery {
  @FlagField({
    description: 'true: answer what would change, write nothing.',
    default: false,
    presence: 'optional-not-null',
  })
  readonly dryRun?: boolean;
}
