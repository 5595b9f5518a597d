import type { Definitions } from '#libs/domain/definition.js';
import type { Endpoint } from '#libs/domain/endpoint.js';
import { parseExactJson } from '#libs/json/exact-json.js';
import { GROUP_SEPARATOR, pairsOf, separatedTexts } from '#libs/json/json-sequence.js';
import { type DocumentSubject, OpenApiWriter } from '#libs/openapi/openapi-writer.js';

/**
 * The OpenAPI document of endpoints, as UTF-8; `undefined` when it has more than `maxBytes`.
 *
 * @param endpoints a sequence of them and, after a group separator, one of the names and schemas of shared definitions
 */
export function writeOpenApiDocument(
  subject: DocumentSubject,
  endpoints: string,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | undefined {
  const [sequence = '', definitions = ''] = endpoints.split(GROUP_SEPARATOR);
  const writer = new OpenApiWriter(subject, definitionsIn(definitions));
  for (const json of separatedTexts(sequence)) {
    writer.add(parseExactJson(json) as Endpoint);
    if (writer.length > maxBytes) return undefined;
  }
  const parts = writer.finished();
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (length > maxBytes) return undefined;
  const document = Buffer.from(new ArrayBuffer(length));
  let end = 0;
  for (const part of parts) end += document.write(part, end);
  return document;
}

function definitionsIn(sequence: string): Definitions {
  return Object.fromEntries(
    pairsOf(separatedTexts(sequence)).map(([name, json]) => [name, parseExactJson(json)]),
  );
}
