import { ApiProperty } from '@nestjs/swagger';
import { IsArray } from 'class-validator';
import { Converted } from '#libs/validation/field-conversion.js';
import { FlagField, TextField } from '#libs/validation/fields.js';
import { EnvironmentMeantField } from '../../environments/dto/environment-fields.js';
import { EndpointRegistration } from './endpoint-registration.js';

export class RegisterEndpointsRequest {
  @TextField({
    description: 'The app key of the caller, as in X-App-Key.',
    example: 'orders',
    maxLength: 128,
  })
  readonly app_key!: string;

  @EnvironmentMeantField()
  readonly environment?: string | null;

  /** Checked one by one in {@link validEndpoints}, after their number: a list may be long. */
  @ApiProperty({
    type: () => [EndpointRegistration],
    minItems: 1,
    description: 'The whole set of the environment.',
  })
  @IsArray({ message: 'must be a list' })
  @Converted()
  readonly endpoints!: readonly unknown[];
}

export class RegisterEndpointsQuery {
  @FlagField({
    description: 'true: answer what would change, write nothing.',
    default: false,
    presence: 'optional-not-null',
  })
  readonly dryRun?: boolean;
}
