import { parseExactJson } from '#libs/json/exact-json.js';
import { separatedTexts } from '#libs/json/json-sequence.js';
import type { Endpoint } from '#libs/openapi/endpoint.js';
import { type DocumentSubject, OpenApiWriter } from '#libs/openapi/openapi-writer.js';

/** The OpenAPI document of endpoints, as UTF-8; `undefined` when it has more than `maxBytes`. */
export function writtenDocument(
  subject: DocumentSubject,
  endpoints: string,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | undefined {
  const writer = new OpenApiWriter(subject);
  for (const json of separatedTexts(endpoints)) {
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
