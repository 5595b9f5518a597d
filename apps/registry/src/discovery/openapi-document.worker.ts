import { move } from 'piscina';
import type { DocumentSubject } from '#libs/openapi/openapi-writer.js';
import { writeOpenApiDocument } from './write-openapi-document.js';

/** What runs in the thread of {@link OpenApiDocuments}. */

export interface Writing {
  readonly subject: DocumentSubject;
  readonly endpoints: string;
  readonly maxBytes: number;
}

/** The document; `undefined` when it would be larger than is allowed. */
export function write({ subject, endpoints, maxBytes }: Writing): unknown {
  const document = writeOpenApiDocument(subject, endpoints, maxBytes);
  return document && move(document.buffer);
}
