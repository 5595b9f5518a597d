import { baseUrlOf } from '../validation/base-url.js';
import { parsedUrl } from '../validation/parsed-url.js';
import { type JsonObject, listOrEmpty, objectOrEmpty } from './json-object.js';
import { UnusableDocument } from './unusable-document.js';

/** Longer than any URL that is used; the registry keeps paths of 600 characters. */
const MAX_URL_LENGTH = 2000;

/** Base of relative server URLs when the URL of the document is not known. */
const NO_HOST = 'http://no-host.invalid';

/** Replaces a variable without a value while the URL is parsed: letters that survive in hosts and paths. */
const PLACEHOLDER = 'unresolvedvariable';

/** Which of a document's servers is read, and with which values. */
export interface ServerChoice {
  /** The position in the list, from 1, or a URL that takes the place of the list. */
  readonly server?: number | string;
  readonly variables?: Readonly<Record<string, string>>;
  /** The http(s) URL of the document, which relative server URLs are resolved against. */
  readonly documentUrl?: string | undefined;
}

/** Where an API is. */
export interface Server {
  /** Scheme, host and port; `undefined` where the document does not say them. */
  readonly origin: string | undefined;
  /** Without a slash at its end. */
  readonly path: string;
  /** Variables without a value, in their order. */
  readonly unresolved: readonly string[];
}

/**
 * The chosen server of a description.
 *
 * @throws UnusableDocument when there is no such server, or its URL is longer than 2,000 characters
 */
export function serverOfDocument(servers: unknown, choice: ServerChoice): Server {
  const { server = 1 } = choice;
  if (typeof server === 'string') return serverAt({ url: server }, choice);
  const list = listOrEmpty(servers);
  if (server > Math.max(1, list.length)) {
    throw new UnusableDocument(`has ${list.length} servers, so that there is no number ${server}`);
  }
  // By the letter the API is at the root of the host then; documents that say nothing are published anywhere.
  if (list.length === 0) return { origin: undefined, path: '', unresolved: [] };
  return serverAt(list[server - 1], choice);
}

/** The first server of an operation or a path item. @throws UnusableDocument as {@link serverOfDocument} */
export function serverOfOperation(servers: unknown, choice: ServerChoice): Server {
  return serverAt(listOrEmpty(servers)[0], choice);
}

function serverAt(server: unknown, { variables = {}, documentUrl }: ServerChoice): Server {
  const { url, variables: declared } = objectOrEmpty(server);
  const unresolved: string[] = [];
  const text = bounded(
    bounded(typeof url === 'string' ? url : '/').replace(/\{([^{}]*)\}/g, (_, name: string) => {
      const value = Object.hasOwn(variables, name)
        ? variables[name]
        : objectOrEmpty(objectOrEmpty(declared)[name]).default;
      if (typeof value === 'string' || typeof value === 'number') return bounded(String(value));
      unresolved.push(name);
      return `${PLACEHOLDER}${unresolved.length}`;
    }),
  );
  const parsed = parsedUrl(text, documentUrl ?? NO_HOST);
  if (parsed === undefined) return { origin: undefined, path: '', unresolved };
  const { origin, pathname, protocol, host } = parsed;
  const isKnown = /^https?:$/.test(protocol) && origin !== NO_HOST && !host.includes(PLACEHOLDER);
  const path = pathname.replace(
    new RegExp(`${PLACEHOLDER}(\\d+)`, 'g'),
    (_, number: string) => `{${unresolved[Number(number) - 1] ?? ''}}`,
  );
  return { origin: isKnown ? origin : undefined, path: trimSlashes(path), unresolved };
}

function bounded(text: string): string {
  if (text.length <= MAX_URL_LENGTH) return text;
  throw new UnusableDocument(`has a server whose URL is longer than ${MAX_URL_LENGTH} characters`);
}

/** The path of a base domain, which may carry a scheme, a port and a path. */
export function pathOfBaseDomain(baseDomain: string | null): string {
  if (baseDomain === null) return '';
  return trimSlashes(parsedUrl(baseUrlOf(baseDomain))?.pathname ?? '');
}

/** The server object of an environment. */
export function serverOf(baseDomain: string): JsonObject {
  const url = baseUrlOf(baseDomain);
  return { url: trimSlashes(parsedUrl(url)?.href ?? url) };
}

/** The rest of a path below another one, at the borders of its segments: `undefined` when it is not below it. */
export function pathBelow(path: string, parent: string): string | undefined {
  return path === parent || path.startsWith(`${parent}/`) ? path.slice(parent.length) : undefined;
}

function trimSlashes(text: string): string {
  return text.replace(/\/+$/, '');
}
