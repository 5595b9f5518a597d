import { ObjectsField } from '#libs/validation/fields.js';
import { CreateEnvironmentRequest } from '../../environments/dto/create-environment.request.js';
import {
  AppKeyField,
  ApplicationDescriptionField,
  ApplicationNameField,
  AuthenticationMethodField,
  HealthCheckUrlField,
  OwnerField,
} from './application-fields.js';

export class CreateApplicationRequest {
  @ApplicationNameField('required')
  readonly name!: string;

  @AppKeyField()
  readonly appKey?: string | null;

  @ApplicationDescriptionField()
  readonly description?: string | null;

  @HealthCheckUrlField()
  readonly healthCheckUrl?: string | null;

  @AuthenticationMethodField()
  readonly authenticationMethod?: string | null;

  @OwnerField()
  readonly owner?: string | null;

  @ObjectsField(CreateEnvironmentRequest, {
    description: 'Environments to begin with; just `production` when absent.',
    example: [{ name: 'production', baseDomain: 'api.example.com', description: 'Live traffic' }],
    minItems: 1,
    maxItems: 50,
    presence: 'optional',
  })
  readonly environments?: CreateEnvironmentRequest[] | null;
}
