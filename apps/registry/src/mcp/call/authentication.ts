import type { Endpoint } from '#libs/domain/endpoint.js';
import { type JsonObject, listOrEmpty, objectOrEmpty } from '#libs/openapi/json-object.js';
import { requirementsOf, SecuritySchemes } from '#libs/openapi/security.js';

/** What a request carries; never its value. */
interface Credential {
  /** `apiKey`, `http`, `oauth2` …, or the word that the application registered; `none`: no credential is needed. */
  readonly type: string;
  /** Where an API key goes. */
  readonly in?: string;
  /** Name of the header, query parameter or cookie. */
  readonly name?: string;
  /** Scheme of HTTP authentication, such as `bearer`. */
  readonly scheme?: string;
  readonly scopes?: readonly string[];
}

/** One way to authenticate: a credential, or several that are needed together. */
export type Alternative = Credential | { readonly allOf: readonly Credential[] };

const NONE: Credential = { type: 'none' };

/** How callers of an endpoint may authenticate, as far as its registration tells: each item is enough. */
export function authenticationOf(
  endpoint: Pick<Endpoint, 'isPublic' | 'authType' | 'authConfig'>,
  authenticationMethod: string,
): readonly Alternative[] {
  const schemes = new SecuritySchemes();
  const authType = endpoint.authType ?? (endpoint.isPublic ? null : authenticationMethod);
  const requirements = requirementsOf({ ...endpoint, authType }, schemes);
  if (requirements === undefined) return [authType === null ? NONE : { type: authType }];
  if (requirements.length === 0) return [NONE];
  return requirements.map((requirement) => {
    const credentials = Object.entries(requirement).map(([name, scopes]) =>
      credentialOf(name, objectOrEmpty(schemes.all[name]), listOrEmpty(scopes)),
    );
    return credentials.length > 1 ? { allOf: credentials } : (credentials[0] ?? NONE);
  });
}

function credentialOf(name: string, scheme: JsonObject, scopes: readonly unknown[]): Credential {
  const { type, in: place, name: parameter, scheme: http } = scheme;
  return {
    type: typeof type === 'string' ? type : name,
    ...(typeof place === 'string' && { in: place }),
    ...(typeof parameter === 'string' && { name: parameter }),
    ...(typeof http === 'string' && { scheme: http }),
    ...(scopes.length > 0 && { scopes: scopes.map(String) }),
  };
}

/** What stands in an example for the credentials of the first alternative, by place and name. */
export interface Placeholders {
  readonly header: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly cookie: Readonly<Record<string, string>>;
}

/** The simplest alternative, with words in angle brackets for its values. */
export function placeholdersOf(alternatives: readonly Alternative[]): Placeholders {
  const placed: Record<keyof Placeholders, Record<string, string>> = { header: {}, query: {}, cookie: {} };
  const simplest = alternatives.find((each) => each === NONE) ?? alternatives[0] ?? NONE;
  for (const { type, in: place, name, scheme } of 'allOf' in simplest ? simplest.allOf : [simplest]) {
    if (type === 'apiKey' && name !== undefined) {
      if (place === 'header' || place === 'query' || place === 'cookie') placed[place][name] = '<API key>';
    } else if (type === 'http') {
      placed.header.Authorization =
        scheme?.toLowerCase() === 'basic' ? 'Basic <credentials>' : 'Bearer <token>';
    } else if (type === 'oauth2' || type === 'openIdConnect') {
      placed.header.Authorization = 'Bearer <access token>';
    }
  }
  return placed;
}
