import type { Status } from '#libs/domain/status.js';
import { StatusField } from '../../environments/dto/environment-fields.js';
import {
  ApplicationDescriptionField,
  ApplicationNameField,
  HealthCheckUrlField,
} from './application-fields.js';

/** A field left out stays as it is; `null` clears it. */
export class UpdateApplicationRequest {
  @ApplicationNameField('optional-not-null')
  readonly name?: string;

  @ApplicationDescriptionField()
  readonly description?: string | null;

  @HealthCheckUrlField()
  readonly healthCheckUrl?: string | null;

  @StatusField()
  readonly status?: Status;
}
