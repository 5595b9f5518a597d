import {
  BaseDomainField,
  CustomPromptField,
  EnvironmentDescriptionField,
  EnvironmentNameField,
  SecurityField,
} from './environment-fields.js';
import type { EnvironmentSecurityRequest } from './environment-security.request.js';

export class CreateEnvironmentRequest {
  @EnvironmentNameField()
  readonly name!: string;

  @BaseDomainField()
  readonly baseDomain?: string | null;

  @EnvironmentDescriptionField()
  readonly description?: string | null;

  @SecurityField()
  readonly security?: EnvironmentSecurityRequest | null;

  @CustomPromptField()
  readonly customPrompt?: string | null;
}
