import { BaseDomainField, EnvironmentDescriptionField, EnvironmentNameField } from './environment-fields.js';

export class CreateEnvironmentRequest {
  /** The example is not one every application has already. */
  @EnvironmentNameField('required', 'staging')
  readonly name!: string;

  @BaseDomainField()
  readonly baseDomain?: string | null;

  @EnvironmentDescriptionField()
  readonly description?: string | null;
}
