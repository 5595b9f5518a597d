import type { ImportOrigin } from '../../environments/dto/imported-environment.js';
import type { EndpointRegistration } from './endpoint-registration.js';

/** An endpoint as another registry has it, checked by the rules of a registration. */
export interface ImportedEndpoint {
  readonly registration: EndpointRegistration;
  readonly origin?: ImportOrigin;
}
