import { bundled } from './bundle.js';
import { withDiscriminatorValues } from './discriminators.js';
import { rewriteObjects } from './document-objects.js';
import type { DocumentSet } from './document-set.js';
import { isObject, type JsonObject } from './json-object.js';
import { valueAt } from './json-reference.js';
import { OpenApiDocument } from './openapi-document.js';
import { holdsNamedSchemas } from './schema-keywords.js';
import { UnusableDocument } from './unusable-document.js';

/**
 * The description that the value of a document holds: OpenAPI 3.x, or Swagger 2.0, which becomes OpenAPI 3.0.
 *
 * @param url where the document was read, if that is an http(s) URL: relative servers are below it
 * @throws UnusableDocument when it is neither
 */
export async function descriptionIn(value: unknown, url?: string): Promise<OpenApiDocument> {
  const description = isSwagger(value) ? await converted(value) : value;
  if (!isObject(description)) return OpenApiDocument.of(description);
  return OpenApiDocument.of(withDiscriminatorValues(withReferencedProperties(description)), url);
}

/**
 * The description that a set of documents makes together: everything that the root refers to becomes part of it.
 *
 * @throws UnusableDocument when a document must not or cannot be read, or is no description
 */
export async function readDescription(documents: DocumentSet): Promise<OpenApiDocument> {
  const { url } = documents.root;
  return descriptionIn(await bundled(documents), url?.protocol === 'file:' ? undefined : url?.href);
}

/** YAML reads an unquoted version as a number. */
function isSwagger(value: unknown): value is JsonObject {
  return isObject(value) && /^2(\.0)?$/.test(String(value.swagger));
}

async function converted(swagger: JsonObject): Promise<unknown> {
  // Loaded only for Swagger: it takes longer than most commands take.
  const { convertObj } = await import('swagger2openapi');
  try {
    // Most documents have small mistakes, which are no reason not to read them.
    const { openapi } = await convertObj({ ...swagger, swagger: '2.0' } as never, {
      patch: true,
      warnOnly: true,
      direct: false,
    });
    return openapi;
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n', 1);
    throw new UnusableDocument(`cannot be read as Swagger 2.0: ${reason}`);
  }
}

/** The description with the maps in place that `properties: { $ref: … }` refers to. */
function withReferencedProperties(root: JsonObject): JsonObject {
  return rewriteObjects(root, (object) => {
    const referring = Object.entries(object).filter(
      ([key, value]) => holdsNamedSchemas(key, value) && typeof value.$ref === 'string',
    );
    if (referring.length === 0) return object;
    const merged = referring.map(([key, value]): [string, unknown] => {
      const { $ref: reference, ...own } = value as JsonObject;
      const target = String(reference).startsWith('#/') ? valueAt(root, String(reference)) : undefined;
      return [key, isObject(target) ? { ...target, ...own } : value];
    });
    return { ...object, ...Object.fromEntries(merged) };
  }) as JsonObject;
}
