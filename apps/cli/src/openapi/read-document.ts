import { isObject, type JsonObject } from '#libs/openapi/json-object.js';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { UnusableDocument } from '#libs/openapi/unusable-document.js';
import { Failure } from '../failure.js';
import { bundled } from './bundle.js';
import { DocumentSource } from './document-source.js';
import { named } from './document-text.js';

/** A description, and which other documents are part of it. */
export interface ReadDocument {
  readonly document: OpenApiDocument;
  /** Files and URLs, in the order in which they were read. */
  readonly others: readonly string[];
}

/**
 * Reads an OpenAPI 3.x or Swagger 2.0 description, JSON or YAML, from a file, a URL or, for `-`, what is piped in. The
 * documents that it refers to are made part of it; Swagger 2.0 becomes OpenAPI 3.0.
 *
 * @param allowed prefixes, beside its own, of what references may lead to
 * @throws Failure that says in one line what is wrong with it
 */
export async function readDocument(source: string, allowed: readonly string[]): Promise<ReadDocument> {
  return usable(source, async () => {
    const documents = await DocumentSource.open(source, allowed);
    const whole = await bundled(documents);
    const document = OpenApiDocument.of(isSwagger(whole) ? await converted(whole) : whole);
    return { document, others: documents.others };
  });
}

/** Gives what is made of a document, or the {@link Failure} that names it. */
export async function usable<Result>(source: string, make: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof UnusableDocument) throw new Failure(`${named(source)} ${error.message}`);
    // References within references nest objects deeper than any document does by itself.
    if (error instanceof RangeError)
      throw new Failure(`${named(source)} has references nested too deep to be read`);
    throw error;
  }
}

function isSwagger(document: unknown): document is JsonObject {
  return isObject(document) && String(document.swagger).startsWith('2.');
}

async function converted(swagger: JsonObject): Promise<unknown> {
  // Loaded only for Swagger: it takes longer than most commands take.
  const { convertObj } = await import('swagger2openapi');
  try {
    // Most documents there are have small mistakes, which are no reason not to read them.
    const { openapi } = await convertObj(swagger as never, { patch: true, warnOnly: true, direct: false });
    return openapi;
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n', 1);
    throw new UnusableDocument(`cannot be read as Swagger 2.0: ${reason}`);
  }
}
