import { parseBoundedJson } from '#libs/json/bounded-json.js';
import { jsonTextOf } from '#libs/json/exact-json.js';
import { isObject, type JsonObject } from '#libs/openapi/json-object.js';

/** Fields of a security description that name the method, or where the secret is kept, never the secret. */
const DESCRIPTIVE = [
  'in',
  'header',
  'secret_ref',
  'name',
  'scheme',
  'bearerFormat',
  'scopes',
  'flows',
  'openIdConnectUrl',
  'description',
];
const OPEN = ['NONE', 'PUBLIC', 'ANONYMOUS'];

export interface EndpointSecurity {
  readonly isPublic: boolean;
  readonly authType: string | null;
  /** JSON. */
  readonly authConfig: string | null;
}

/**
 * The `security` of the older registry: an object such as `{"type":"apiKey"}`, the same as a string of JSON, or just
 * the word. An endpoint is public only if it says so. Anything that does not describe a scheme is left out: it may be
 * the secret itself.
 */
export function endpointSecurity(security: unknown): EndpointSecurity {
  const described = objectIn(security);
  const { type, scheme } = described;
  const kind = wordOf(typeof type === 'string' && type.toLowerCase() === 'http' ? scheme : type);
  if (kind !== null && OPEN.includes(kind)) return { isPublic: true, authType: null, authConfig: null };
  const config = Object.fromEntries(Object.entries(described).filter(([name]) => DESCRIPTIVE.includes(name)));
  return {
    isPublic: false,
    authType: kind,
    authConfig: Object.keys(config).length === 0 ? null : jsonTextOf(config),
  };
}

/** The fields of a security description that are left out. */
export function omittedSecurity(security: unknown): string[] {
  return Object.keys(objectIn(security))
    .filter((name) => name !== 'type' && !DESCRIPTIVE.includes(name))
    .map((name) => `security ${name}`);
}

function objectIn(security: unknown): JsonObject {
  if (isObject(security)) return security;
  if (typeof security !== 'string') return {};
  try {
    const value = parseBoundedJson(security);
    return typeof value === 'object' ? objectIn(value) : {};
  } catch {
    return { type: security };
  }
}

/** `apiKey` becomes `API_KEY`. */
function wordOf(kind: unknown): string | null {
  if (typeof kind !== 'string') return null;
  const word = kind
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return word === '' || word.length > 100 ? null : word;
}
