import type { Endpoint } from '#libs/domain/endpoint.js';
import type { JsonObject } from '#libs/openapi/json-object.js';
import { schemaOfBody } from '#libs/openapi/parameter-map.js';
import { type Alternative, placeholdersOf } from './authentication.js';
import type { PlacedParameters } from './call-parameters.js';
import { exampleOf } from './example-value.js';

/** A request that could be sent, once the credentials in angle brackets are put in. */
export interface ExampleRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** @param url the URL template of the endpoint */
export function exampleRequest(
  endpoint: Endpoint,
  url: string,
  parameters: PlacedParameters,
  authentication: readonly Alternative[],
  definitions: JsonObject,
): ExampleRequest {
  const { header, query, cookie } = placeholdersOf(authentication);
  const known = { ...definitions, ...parameters.definitions };
  let path = url;
  const queried = Object.entries(query);
  const cookies = Object.entries(cookie);
  const headers: Record<string, string> = { ...header };
  for (const { place, name, required, schema } of parameters.list) {
    if (!required) continue;
    const value = textOf(exampleOf(schema, known));
    if (place === 'path') path = path.replaceAll(`{${name}}`, encodeURIComponent(value));
    else if (place === 'query') queried.push([name, value]);
    else if (place === 'cookie') cookies.push([name, value]);
    else headers[name] = value;
  }
  if (cookies.length > 0) headers.Cookie = cookies.map(([name, value]) => `${name}=${value}`).join('; ');
  const body = exampleOf(schemaOfBody(endpoint.requestBody), definitions);
  if (body !== undefined) headers['Content-Type'] = endpoint.contentType ?? 'application/json';
  const search = queried
    .map(
      ([name, value]) =>
        `${encodeURIComponent(name)}=${value.startsWith('<') ? value : encodeURIComponent(value)}`,
    )
    .join('&');
  return {
    method: endpoint.method,
    url: search === '' ? path : `${path}?${search}`,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== undefined && { body }),
  };
}

/** As the default styles of OpenAPI write a value. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return value === undefined ? 'value' : JSON.stringify(value);
}
