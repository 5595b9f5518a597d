import {
  defaultOf,
  type Endpoint,
  ENDPOINT_PROPERTIES,
  isJsonField,
  type JsonField,
} from '#libs/domain/endpoint.js';
import type { ImportOrigin } from '#libs/domain/import-record.js';
import { JsonText } from '#libs/json/json-text.js';
import type { EndpointRegistration } from './dto/endpoint-registration.js';

/** An endpoint as it is stored: its JSON as text, so that numbers keep their digits. */
export interface RegisteredEndpoint
  extends Omit<Endpoint, JsonField>, Readonly<Record<JsonField, JsonText | null>> {
  /** Its id and times in the registry that it was imported from. */
  readonly origin?: ImportOrigin;
}

/** Looked up once: a batch has thousands of endpoints. */
const PROPERTIES = ENDPOINT_PROPERTIES.map((property) => ({
  property,
  isJson: isJsonField(property),
  absent: defaultOf(property),
}));

/** The endpoint of a registration that was checked, with the defaults of fields that were left out. */
export function registeredEndpoint(registration: EndpointRegistration): RegisteredEndpoint {
  const endpoint: Record<string, unknown> = {};
  for (const { property, isJson, absent } of PROPERTIES) {
    const value = registration[property] ?? absent;
    // The JSON text `null` means the same as a field that is left out.
    endpoint[property] = isJson && value instanceof JsonText && value.text === 'null' ? null : value;
  }
  return endpoint as unknown as RegisteredEndpoint;
}
