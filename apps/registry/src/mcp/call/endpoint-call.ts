import type { Endpoint, ParameterPlace, ParameterStyle } from '#libs/domain/endpoint.js';
import type { JsonObject } from '#libs/openapi/json-object.js';
import { schemaOfBody } from '#libs/openapi/parameter-map.js';
import { estimateTokens } from '#libs/tokens/token-estimate.js';
import { baseUrlOf } from '#libs/validation/base-url.js';
import type { EndpointDetails } from '../../discovery/endpoint-details.service.js';
import { type Alternative, authenticationOf } from './authentication.js';
import { parametersOf, type PlacedParameters } from './call-parameters.js';
import { type ExampleRequest, exampleRequest } from './example-request.js';
import { reduceSchema, type SchemaLimits, shortened } from './reduced-schema.js';

/** A parameter as an agent reads it. */
interface CallParameter extends ParameterStyle {
  readonly name: string;
  readonly required?: true;
  readonly schema?: unknown;
}

/** What an agent needs to call an endpoint. */
export interface EndpointCall {
  readonly method: string;
  /** A URL template; only a path where the application registered no base domain. */
  readonly url: string;
  readonly name?: string;
  readonly description?: string;
  readonly deprecated?: true;
  readonly parameters?: Partial<Record<ParameterPlace, readonly CallParameter[]>>;
  readonly body?: { readonly required: boolean; readonly mediaType: string; readonly schema: unknown };
  readonly response?: { readonly mediaType: string; readonly schema: unknown };
  /** Each item is enough. */
  readonly auth: readonly Alternative[];
  readonly example?: ExampleRequest;
  /** What was left out. */
  readonly cut: readonly string[];
}

/** What of an endpoint is told; each level takes fewer tokens than the one before. */
interface Level {
  readonly description: number;
  readonly parameters: SchemaLimits | 'required' | 'none';
  readonly body: SchemaLimits | undefined;
  readonly response: SchemaLimits | undefined;
  readonly example: boolean;
}

const WHOLE: SchemaLimits = { description: 2000, enumValues: 200, distance: 4, optional: true };
const SHORT: SchemaLimits = { description: 120, enumValues: 30, distance: 3, optional: true };
const SHORTER: SchemaLimits = { description: 60, enumValues: 15, distance: 2, optional: true };
const BARE: SchemaLimits = { description: 0, enumValues: 10, distance: 2, optional: true };
const REQUIRED: SchemaLimits = { description: 0, enumValues: 8, distance: 1, optional: false };
const NAMES: SchemaLimits = { description: 0, enumValues: 0, distance: 0, optional: true };

const LEVELS: readonly [Level, ...Level[]] = [
  { description: 4000, parameters: WHOLE, body: WHOLE, response: WHOLE, example: true },
  { description: 300, parameters: SHORT, body: SHORT, response: SHORTER, example: true },
  { description: 200, parameters: SHORTER, body: SHORTER, response: BARE, example: true },
  { description: 150, parameters: SHORTER, body: SHORTER, response: NAMES, example: true },
  { description: 100, parameters: BARE, body: BARE, response: undefined, example: true },
  { description: 60, parameters: BARE, body: REQUIRED, response: undefined, example: true },
  { description: 0, parameters: 'required', body: REQUIRED, response: undefined, example: true },
  {
    description: 0,
    parameters: 'required',
    body: { ...REQUIRED, distance: 0 },
    response: undefined,
    example: false,
  },
  { description: 0, parameters: 'required', body: undefined, response: undefined, example: false },
  { description: 0, parameters: 'none', body: undefined, response: undefined, example: false },
];
/** Where `call` begins. */
const CALL_LEVEL = 1;
/** No text has fewer tokens than this share of its characters. */
const LEAST_TOKENS_PER_CHARACTER = 1 / 12;

/** How much an agent asks for: what it needs for a call, or everything. */
export type Detail = 'call' | 'full';

/**
 * What is needed to call an endpoint, in at most `maxTokens`; `undefined` when not even its URL fits.
 *
 * @param tokensOf the tokens that the description of the endpoint takes in the answer
 */
export function callOf(
  details: EndpointDetails,
  detail: Detail,
  maxTokens: number,
  tokensOf: (call: EndpointCall) => number = (call) => tokens(call, maxTokens),
): EndpointCall | undefined {
  const { endpoint, definitions, authenticationMethod, baseDomain } = details;
  if (endpoint === null) return undefined;
  const url = urlOf(endpoint, baseDomain);
  const authentication = authenticationOf(endpoint, authenticationMethod);
  const parameters = parametersOf(endpoint);
  for (const level of LEVELS.slice(detail === 'full' ? 0 : CALL_LEVEL)) {
    const call = describe(endpoint, url, parameters, authentication, definitions, level);
    if (tokensOf(call) <= maxTokens) return call;
  }
  return undefined;
}

/** The URL template of an endpoint; only its path where no base domain is known. */
function urlOf({ baseUrl, path }: Endpoint, baseDomain: string | null): string {
  const base = baseUrl ?? (baseDomain === null ? '' : baseUrlOf(baseDomain));
  return `${base.replace(/\/+$/, '')}${path}`;
}

function describe(
  endpoint: Endpoint,
  url: string,
  parameters: PlacedParameters,
  auth: readonly Alternative[],
  definitions: JsonObject,
  level: Level,
): EndpointCall {
  const cut = new Cut();
  const description = endpoint.description ?? '';
  if (description.length > level.description) cut.add('description');
  const placed = describeParameters(parameters, definitions, level, cut);
  const { requestBody, responseBody, contentType, responseContentType, requestBodyRequired } = endpoint;
  const body =
    requestBody === null ? undefined : cut.schema('body', schemaOfBody(requestBody), definitions, level.body);
  const response =
    responseBody === null
      ? undefined
      : cut.schema('response', schemaOfBody(responseBody), definitions, level.response);
  return {
    method: endpoint.method,
    url,
    ...(level.description > 0 && { name: shortened(endpoint.name, 200) }),
    ...(level.description > 0 &&
      description !== '' && { description: shortened(description, level.description) }),
    ...(endpoint.deprecated && { deprecated: true as const }),
    ...(placed !== undefined && { parameters: placed }),
    ...(body !== undefined && {
      body: {
        required: requestBodyRequired,
        mediaType: contentType ?? 'application/json',
        schema: body.schema,
      },
    }),
    ...(response !== undefined && {
      response: { mediaType: responseContentType ?? 'application/json', schema: response.schema },
    }),
    auth,
    ...(level.example && { example: exampleRequest(endpoint, url, parameters, auth, definitions) }),
    cut: cut.list,
  };
}

function describeParameters(
  { list, definitions: own }: PlacedParameters,
  shared: JsonObject,
  { parameters: limits }: Level,
  cut: Cut,
): EndpointCall['parameters'] {
  const told =
    typeof limits === 'object' ? list : list.filter(({ required }) => required && limits !== 'none');
  const left = list.filter((parameter) => !told.includes(parameter));
  if (left.length > 0) cut.add(`parameters ${names(left.map(({ name }) => name))}`);
  const schemaLimits = typeof limits === 'object' ? limits : REQUIRED;
  const placed: Partial<Record<ParameterPlace, CallParameter[]>> = {};
  for (const { place, name, required, schema, style } of told) {
    const reduced = cut.schema(`parameter ${name}`, schema, { ...shared, ...own }, schemaLimits);
    (placed[place] ??= []).push({
      name,
      ...(required && { required }),
      schema: reduced?.schema,
      ...style,
    });
  }
  return told.length === 0 ? undefined : placed;
}

/** Gathers what is left out, and leaves it out. */
class Cut {
  readonly list: string[] = [];

  add(what: string): void {
    this.list.push(what);
  }

  schema(
    what: string,
    schema: unknown,
    definitions: JsonObject,
    limits: SchemaLimits | undefined,
  ): { readonly schema: unknown } | undefined {
    if (limits === undefined) {
      this.add(what);
      return undefined;
    }
    const reduced = reduceSchema(schema, definitions, limits);
    if (reduced.isCutAtReferences) this.add(`${what}: schemas behind references`);
    if (reduced.optional.length > 0) this.add(`${what}: optional properties ${names(reduced.optional)}`);
    return reduced;
  }
}

const MAX_NAMES = 6;

function names(all: readonly string[]): string {
  const first = all.slice(0, MAX_NAMES).map((name) => shortened(name, 40));
  return `${first.join(', ')}${all.length > MAX_NAMES ? ` and ${all.length - MAX_NAMES} more` : ''}`;
}

function tokens(call: EndpointCall, enough: number): number {
  const text = JSON.stringify(call);
  // Not counted where it cannot fit: counting takes longer than making it.
  return text.length * LEAST_TOKENS_PER_CHARACTER > enough ? Infinity : estimateTokens(text);
}
