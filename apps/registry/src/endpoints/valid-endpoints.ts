import { Slices } from '#libs/event-loop/slices.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { validatedPart } from '#libs/validation/input-validation.pipe.js';
import { EndpointRegistration } from './dto/endpoint-registration.js';
import { TooManyEndpoints } from './endpoint.errors.js';
import { type RegisteredEndpoint, registeredEndpoint } from './registered-endpoint.js';

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
      endpoints.push(
        registeredEndpoint(await validatedPart(EndpointRegistration, item, `#/endpoints/${index}`)),
      );
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      errors.push(...(error.errors ?? []));
      if (errors.length >= MAX_ERRORS) break;
    }
  }
  if (errors.length === 0) errors.push(...repetitions(endpoints), ...repeatedIds(endpoints));
  if (errors.length > 0) throw new InvalidInput(errors.slice(0, MAX_ERRORS));
  return endpoints;
}

function repetitions(endpoints: readonly RegisteredEndpoint[]): InputError[] {
  return repeated(endpoints, ({ method, path }) => `${method} ${path}`).map(({ index, earlier, key }) => ({
    pointer: `#/endpoints/${index}`,
    detail: `must not repeat ${key}, which is #/endpoints/${earlier} already`,
  }));
}

function repeatedIds(endpoints: readonly RegisteredEndpoint[]): InputError[] {
  return repeated(endpoints, ({ operationId }) => operationId).map(({ index, earlier, key }) => ({
    pointer: `#/endpoints/${index}/operationId`,
    detail: `must not repeat "${key}" of #/endpoints/${earlier}`,
  }));
}

/** The endpoints whose key an earlier one has already; `null` is no key. */
function repeated(
  endpoints: readonly RegisteredEndpoint[],
  keyOf: (endpoint: RegisteredEndpoint) => string | null,
): { readonly index: number; readonly earlier: number; readonly key: string }[] {
  const first = new Map<string, number>();
  return endpoints.flatMap((endpoint, index) => {
    const key = keyOf(endpoint);
    if (key === null) return [];
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    return earlier === undefined ? [] : [{ index, earlier, key }];
  });
}
