import { BaseDomainField, EnvironmentDescriptionField, EnvironmentNameField } from './environment-fields.js';

export class CreateEnvironmentRequest {
  @EnvironmentNameField()
  readonly name!: string;

  @BaseDomainField()
  readonly baseDomain?: string | null;

  @EnvironmentDescriptionField()
  readonly description?: string | null;
}
