import type { ImportOrigin } from '#libs/domain/import-record.js';
import type { EndpointRegistration } from './endpoint-registration.js';

/** An endpoint as another registry has it, checked by the rules of a registration. */
export interface ImportedEndpoint {
  readonly registration: EndpointRegistration;
  readonly origin?: ImportOrigin;
}
