import { readDescription } from '#libs/openapi/description.js';
import type { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { UnusableDocument } from '#libs/openapi/unusable-document.js';
import { Failure } from '../failure.js';
import { named } from './document-bytes.js';
import { type DocumentAccess, DocumentSource } from './document-source.js';

/** A description, and the other documents that are part of it. */
export interface ReadDocument {
  readonly document: OpenApiDocument;
  /** Files and URLs in the order in which they were read. */
  readonly others: readonly string[];
}

/**
 * Reads an OpenAPI 3.x or Swagger 2.0 description, JSON or YAML, from a file, a URL or, for `-`, standard input. The
 * documents that it refers to become part of it; Swagger 2.0 becomes OpenAPI 3.0.
 *
 * @throws Failure that says in one line what is wrong with it
 */
export async function readDocument(source: string, access: DocumentAccess): Promise<ReadDocument> {
  return usable(source, async () => {
    const documents = await DocumentSource.open(source, access);
    const document = await readDescription(documents);
    return { document, others: documents.others };
  });
}

/** Returns the result of `read`. @throws Failure that names the document */
export async function usable<Result>(source: string, make: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof UnusableDocument)
      throw new Failure(`${named(source)} ${error.message}`, { cause: error });
    // References within references nest objects deeper than any single document does.
    if (error instanceof RangeError)
      throw new Failure(`${named(source)} has references nested too deep to be read`);
    throw error;
  }
}
