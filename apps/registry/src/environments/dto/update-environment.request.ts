import type { Status } from '#libs/domain/status.js';
import {
  BaseDomainField,
  EnvironmentDescriptionField,
  StatusField,
  UnchangedNameField,
} from './environment-fields.js';

/** A field left out stays as it is; `null` clears it. */
export class UpdateEnvironmentRequest {
  @BaseDomainField()
  readonly baseDomain?: string | null;

  @EnvironmentDescriptionField()
  readonly description?: string | null;

  @UnchangedNameField()
  readonly name?: string | null;

  @StatusField()
  readonly status?: Status;
}
