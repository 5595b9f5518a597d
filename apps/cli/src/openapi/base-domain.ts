import type { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import {
  pathBelow,
  pathOfBaseDomain,
  type ServerChoice,
  serverOfDocument,
} from '#libs/openapi/server-url.js';
import { baseUrlOf } from '#libs/validation/base-url.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';

/**
 * The base domain of the endpoints of a document, compared with the registered one; `undefined` when they are the
 * same, or the document names no server.
 */
export function proposedBaseDomain(
  document: OpenApiDocument,
  registered: string | null,
  choice: ServerChoice,
): string | undefined {
  const { origin, path } = serverOfDocument(document.root.servers, { ...choice, documentUrl: document.url });
  if (origin === undefined) return undefined;
  const registeredPath = pathOfBaseDomain(registered);
  const url = `${origin}${pathBelow(path, registeredPath) === undefined ? '' : registeredPath}`;
  if (registered !== null && url === `${originOf(registered)}${registeredPath}`) return undefined;
  return url.replace(/^https:\/\//, '');
}

function originOf(baseDomain: string): string {
  return parsedUrl(baseUrlOf(baseDomain))?.origin ?? '';
}
