import type { Endpoint } from '../domain/endpoint.js';
import { jsonTextOf } from '../json/exact-json.js';
import { isObject, type JsonObject, listOrEmpty, mapValues, objectOrEmpty } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';

/** How callers of an endpoint authenticate. */
export type EndpointSecurity = Pick<Endpoint, 'isPublic' | 'authType' | 'authConfig'>;

/**
 * The security of an operation: any one of the alternatives, each a set of schemes that are needed together.
 *
 * @param requirements those of the operation, otherwise those of the document
 */
export function securityOf(document: OpenApiDocument, requirements: unknown): EndpointSecurity {
  const alternatives = listOrEmpty(requirements).map((requirement) =>
    Object.entries(objectOrEmpty(requirement)).map(([name, scopes]) => schemeDetails(document, name, scopes)),
  );
  const first = alternatives.find((schemes) => schemes.length > 0);
  return {
    isPublic: alternatives.length === 0 || alternatives.some((schemes) => schemes.length === 0),
    authType: authType(first?.[0]),
    authConfig: first === undefined ? null : { alternatives },
  };
}

/** The security scheme objects a document comes to need, each under a name of its own. */
export class SecuritySchemes {
  /** All of them by name. Grows with {@link nameOf}, so that thousands of endpoints need no copies of it. */
  readonly all: Record<string, JsonObject> = Object.create(null) as Record<string, JsonObject>;
  private readonly texts = new Map<string, string>();
  private readonly names = new Map<string, string>();
  /** By name wished for, the number to try next: those before it are other schemes'. */
  private readonly numbers = new Map<string, number>();

  /** The name of a scheme: the one wished for, numbered when another scheme has it already. */
  nameOf(wished: string, scheme: JsonObject): string {
    const text = jsonTextOf(scheme);
    const base = wished.replace(/[^A-Za-z0-9._-]/g, '_');
    const known = this.names.get(`${base} ${text}`);
    if (known !== undefined) return known;
    let number = this.numbers.get(base) ?? 1;
    const numbered = (): string => (number === 1 ? base : `${base}${number}`);
    while ((this.texts.get(numbered()) ?? text) !== text) number += 1;
    const name = numbered();
    this.numbers.set(base, number + 1);
    this.names.set(`${base} ${text}`, name);
    this.texts.set(name, text);
    this.all[name] = scheme;
    return name;
  }
}

/**
 * The security requirements of an endpoint, as well as OpenAPI can tell them: whole when {@link securityOf} made them,
 * otherwise by what the type of authentication usually means. `undefined` when nothing is known.
 */
export function requirementsOf(
  { isPublic, authType, authConfig }: EndpointSecurity,
  schemes: SecuritySchemes,
): readonly JsonObject[] | undefined {
  const alternatives = listOrEmpty(objectOrEmpty(authConfig).alternatives);
  if (alternatives.length > 0 && alternatives.every(isAlternative)) {
    return alternatives.map((details) =>
      Object.fromEntries(
        details.map((each): [string, unknown] => [
          schemes.nameOf(String(each.scheme), schemeObject(each)),
          listOrEmpty(each.scopes),
        ]),
      ),
    );
  }
  const usual = authType === null ? undefined : USUAL[authType.toUpperCase()];
  if (authType === null || usual === undefined) return isPublic ? [] : undefined;
  const required = { [schemes.nameOf(authType, usual)]: [] };
  return isPublic ? [{}, required] : [required];
}

/** The details of a scheme that a client needs to authenticate. */
function schemeDetails(document: OpenApiDocument, name: string, scopes: unknown): JsonObject {
  const declared = objectOrEmpty(objectOrEmpty(document.root.components).securitySchemes)[name];
  if (declared === undefined) {
    document.report(`names the security scheme "${name}", which the document does not have`);
    return { scheme: name, ...(listOrEmpty(scopes).length > 0 && { scopes }) };
  }
  const scheme = document.located(declared, pointerBelow('#', 'components', 'securitySchemes', name)).object;
  const { type, scheme: http, in: place, name: parameter, flows, openIdConnectUrl } = scheme;
  return {
    scheme: name,
    type,
    ...(type === 'apiKey' && { in: place, name: parameter }),
    ...(type === 'http' && { httpScheme: http }),
    ...(type === 'oauth2' && { flows: mapValues(objectOrEmpty(flows), (_, flow) => withoutScopes(flow)) }),
    ...(type === 'openIdConnect' && { openIdConnectUrl }),
    ...(listOrEmpty(scopes).length > 0 && { scopes }),
  };
}

/** A flow's addresses; which scopes there are is the API's affair, which are needed the operation's. */
function withoutScopes(flow: unknown): JsonObject {
  const { scopes: _, ...addresses } = objectOrEmpty(flow);
  return addresses;
}

/** The security scheme object of such details. */
function schemeObject({
  scheme: _name,
  scopes: _scopes,
  httpScheme,
  flows,
  ...rest
}: JsonObject): JsonObject {
  return {
    ...rest,
    ...(httpScheme !== undefined && { scheme: httpScheme }),
    ...(isObject(flows) && {
      flows: mapValues(flows, (_, flow) => ({ ...objectOrEmpty(flow), scopes: {} })),
    }),
  };
}

function isAlternative(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every(isSchemeDetails);
}

/** Whether a valid security scheme object can be made of it. */
function isSchemeDetails(value: unknown): value is JsonObject {
  if (!isObject(value) || typeof value.scheme !== 'string' || value.scheme === '') return false;
  const { scopes = [] } = value;
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) return false;
  switch (value.type) {
    case 'apiKey':
      return ['header', 'query', 'cookie'].includes(value.in as string) && typeof value.name === 'string';
    case 'http':
      return typeof value.httpScheme === 'string';
    case 'oauth2':
      return isObject(value.flows) && Object.entries(value.flows).every(isFlow);
    case 'openIdConnect':
      return typeof value.openIdConnectUrl === 'string';
    default:
      return value.type === 'mutualTLS';
  }
}

/** The addresses every flow must have. */
const FLOW_ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  implicit: ['authorizationUrl'],
  password: ['tokenUrl'],
  clientCredentials: ['tokenUrl'],
  authorizationCode: ['authorizationUrl', 'tokenUrl'],
};

function isFlow([name, flow]: [string, unknown]): boolean {
  const addresses = Object.hasOwn(FLOW_ADDRESSES, name) ? FLOW_ADDRESSES[name] : undefined;
  return (
    isObject(flow) &&
    addresses !== undefined &&
    addresses.every((address) => typeof flow[address] === 'string') &&
    Object.entries(flow).every(([key, value]) => key.startsWith('x-') || isAddress(key, value))
  );
}

function isAddress(key: string, value: unknown): boolean {
  return ['authorizationUrl', 'tokenUrl', 'refreshUrl'].includes(key) && typeof value === 'string';
}

const AUTH_TYPES: Readonly<Record<string, string>> = {
  apiKey: 'API_KEY',
  oauth2: 'OAUTH2',
  openIdConnect: 'OPENID_CONNECT',
  mutualTLS: 'MUTUAL_TLS',
};

function authType(details: JsonObject | undefined): string | null {
  if (typeof details?.type !== 'string') return null;
  if (details.type === 'http') return String(details.httpScheme).toUpperCase();
  return AUTH_TYPES[details.type] ?? details.type;
}

/** What types of authentication mean when nothing more is said. */
const USUAL: Readonly<Record<string, JsonObject>> = {
  BEARER: { type: 'http', scheme: 'bearer' },
  BASIC: { type: 'http', scheme: 'basic' },
  API_KEY: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
};
