import { baseUrlOf } from '../validation/base-url.js';
import { parsedUrl } from '../validation/parsed-url.js';
import { type JsonObject, listOrEmpty, objectOrEmpty } from './json-object.js';
import { UnusableDocument } from './unusable-document.js';

/** Longer than any URL that is used; the registry keeps paths of 600 characters. */
const MAX_URL_LENGTH = 2000;

/** What a server that is not told apart by its own host stands at. */
const NO_HOST = 'http://no-host.invalid';

/** The first server of a list, its variables at their defaults: absolute, or relative to wherever the document is. */
export interface Server {
  /** Scheme, host and port; `undefined` of a relative one. */
  readonly origin: string | undefined;
  /** Without a slash at its end. */
  readonly path: string;
}

/** @throws UnusableDocument when its URL is longer than 2,000 characters */
export function firstServer(servers: unknown): Server {
  const { url, variables } = objectOrEmpty(listOrEmpty(servers)[0]);
  const defaults = objectOrEmpty(variables);
  const text = bounded(
    bounded(typeof url === 'string' ? url : '/').replace(/\{([^}]*)\}/g, (_, name: string) => {
      const value = objectOrEmpty(defaults[name]).default;
      return typeof value === 'string' || typeof value === 'number' ? bounded(String(value)) : '';
    }),
  );
  const parsed = parsedUrl(text, NO_HOST);
  if (parsed === undefined) return { origin: undefined, path: '' };
  const { origin, pathname } = parsed;
  return {
    origin: /^https?:/.test(origin) && origin !== NO_HOST ? origin : undefined,
    path: untailed(pathname),
  };
}

function bounded(text: string): string {
  if (text.length <= MAX_URL_LENGTH) return text;
  throw new UnusableDocument(`has a server whose URL is longer than ${MAX_URL_LENGTH} characters`);
}

/** The path of a base domain, which may carry a scheme, a port and a path. */
export function pathOfBaseDomain(baseDomain: string | null): string {
  if (baseDomain === null) return '';
  return untailed(parsedUrl(baseUrlOf(baseDomain))?.pathname ?? '');
}

/** The server object of an environment. */
export function serverOf(baseDomain: string): JsonObject {
  const url = baseUrlOf(baseDomain);
  return { url: untailed(parsedUrl(url)?.href ?? url) };
}

/** What is below another path, at the borders of its segments: `undefined` when it is not. */
export function pathBelow(path: string, parent: string): string | undefined {
  return path === parent || path.startsWith(`${parent}/`) ? path.slice(parent.length) : undefined;
}

function untailed(text: string): string {
  return text.replace(/\/+$/, '');
}
