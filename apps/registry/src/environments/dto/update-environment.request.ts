import type { Status } from '#libs/domain/status.js';
import {
  BaseDomainField,
  CustomPromptField,
  EnvironmentDescriptionField,
  SecurityField,
  StatusField,
  UnchangedNameField,
} from './environment-fields.js';
import type { EnvironmentSecurityRequest } from './environment-security.request.js';

/** A field left out stays as it is; `null` clears it. */
export class UpdateEnvironmentRequest {
  @BaseDomainField()
  readonly baseDomain?: string | null;

  @EnvironmentDescriptionField()
  readonly description?: string | null;

  @SecurityField()
  readonly security?: EnvironmentSecurityRequest | null;

  @CustomPromptField()
  readonly customPrompt?: string | null;

  @UnchangedNameField()
  readonly name?: string | null;

  @StatusField()
  readonly status?: Status;
}
