import type { Status } from '#libs/domain/status.js';
import { StatusField } from '../../environments/dto/environment-fields.js';
import {
  ApplicationDescriptionField,
  ApplicationNameField,
  AuthenticationMethodField,
  HealthCheckUrlField,
  OwnerField,
  UnchangedAppKeyField,
} from './application-fields.js';

/** A field left out stays as it is; `null` clears it. */
export class UpdateApplicationRequest {
  @ApplicationNameField('optional-not-null')
  readonly name?: string;

  @ApplicationDescriptionField()
  readonly description?: string | null;

  @HealthCheckUrlField()
  readonly healthCheckUrl?: string | null;

  /** `null` leaves it as it is: every application has one. */
  @AuthenticationMethodField()
  readonly authenticationMethod?: string | null;

  @OwnerField()
  readonly owner?: string | null;

  @UnchangedAppKeyField()
  readonly appKey?: string | null;

  @StatusField()
  readonly status?: Status;
}
