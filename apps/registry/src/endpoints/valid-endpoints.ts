import { Slices } from '#libs/event-loop/slices.js';
import type { JsonText } from '#libs/json/json-text.js';
import type { Endpoint, JsonField } from '#libs/openapi/endpoint.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { validatedPart } from '#libs/validation/input-validation.pipe.js';
import type { ImportOrigin } from '../environments/dto/imported-environment.js';
import { EndpointRegistration } from './dto/endpoint-registration.js';
import { TooManyEndpoints } from './endpoint.errors.js';

/** An endpoint as it is to be stored: its JSON as text, so that numbers keep their digits. */
export interface RegisteredEndpoint
  extends Omit<Endpoint, JsonField>, Readonly<Record<JsonField, JsonText | null>> {
  /** Of an endpoint that comes from another registry: its id and its times there. */
  readonly origin?: ImportOrigin;
}

const MAX_ERRORS = 100;

/**
 * Checks a batch: its size, every endpoint, and that none is there twice.
 *
 * @throws TooManyEndpoints, InvalidInput with up to 100 mistakes
 */
export async function validEndpoints(items: readonly unknown[], max: number): Promise<RegisteredEndpoint[]> {
  if (items.length === 0) {
    throw new InvalidInput([
      { pointer: '#/endpoints', detail: 'must have at least one endpoint; an empty list would delete all' },
    ]);
  }
  if (items.length > max) throw new TooManyEndpoints(items.length, max);
  const endpoints: RegisteredEndpoint[] = [];
  const errors: InputError[] = [];
  const slices = new Slices();
  for (const [index, item] of items.entries()) {
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    try {
      endpoints.push(stored(await validatedPart(EndpointRegistration, item, `#/endpoints/${index}`)));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      errors.push(...(error.errors ?? []));
      if (errors.length >= MAX_ERRORS) break;
    }
  }
  if (errors.length === 0) errors.push(...repetitions(endpoints));
  if (errors.length > 0) throw new InvalidInput(errors.slice(0, MAX_ERRORS));
  return endpoints;
}

/** As it is to be stored, of an endpoint that was checked. */
export function stored(endpoint: EndpointRegistration): RegisteredEndpoint {
  return {
    name: endpoint.name,
    path: endpoint.path,
    method: endpoint.method,
    description: endpoint.description ?? null,
    isPublic: endpoint.isPublic ?? false,
    authType: endpoint.authType ?? null,
    authConfig: jsonStored(endpoint.authConfig),
    contentType: endpoint.contentType ?? null,
    pathParams: jsonStored(endpoint.pathParams),
    queryParams: jsonStored(endpoint.queryParams),
    requestBody: jsonStored(endpoint.requestBody),
    responseBody: jsonStored(endpoint.responseBody),
  };
}

/** The JSON `null` is no JSON at all. */
function jsonStored(json: JsonText | null | undefined): JsonText | null {
  return json === undefined || json?.text === 'null' ? null : json;
}

function repetitions(endpoints: readonly RegisteredEndpoint[]): InputError[] {
  const first = new Map<string, number>();
  return endpoints.flatMap(({ method, path }, index) => {
    const operation = `${method} ${path}`;
    const earlier = first.get(operation);
    if (earlier === undefined) {
      first.set(operation, index);
      return [];
    }
    return [
      {
        pointer: `#/endpoints/${index}`,
        detail: `must not repeat ${operation}, which is #/endpoints/${earlier} already`,
      },
    ];
  });
}
