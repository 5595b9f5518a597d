import type { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { firstServer, pathBelow, pathOfBaseDomain } from '#libs/openapi/server-url.js';
import { baseUrlOf } from '#libs/validation/base-url.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';

/**
 * The base domain below which the endpoints of a document would be found, given the one that is registered;
 * `undefined` when that is the one, or the document does not say where its API is.
 */
export function proposedBaseDomain(document: OpenApiDocument, registered: string | null): string | undefined {
  const { origin, path } = firstServer(document.root.servers);
  if (origin === undefined) return undefined;
  const registeredPath = pathOfBaseDomain(registered);
  const url = `${origin}${pathBelow(path, registeredPath) === undefined ? '' : registeredPath}`;
  if (registered !== null && url === `${originOf(registered)}${registeredPath}`) return undefined;
  return url.replace(/^https:\/\//, '');
}

function originOf(baseDomain: string): string {
  return parsedUrl(baseUrlOf(baseDomain))?.origin ?? '';
}
