import type { Definitions } from '../domain/definition.js';
import { parseBoundedJson } from '../json/bounded-json.js';
import { objectOrEmpty } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';
import { EXTENSION } from './operation-members.js';
import { SchemaSharer } from './schema-sharer.js';

/** All components of a document that are schemas, as definitions. */
export function readDefinitions(document: OpenApiDocument): Definitions {
  const sharer = new SchemaSharer(document);
  for (const name of Object.keys(objectOrEmpty(objectOrEmpty(document.root.components).schemas))) {
    sharer.nameOf(pointerBelow('#', 'components', 'schemas', name));
  }
  return sharer.definitions();
}

/** Definitions that a document of the registry gives as they are, as JSON text. */
export function definitionsInExtension(document: OpenApiDocument): Definitions {
  const { definitions } = objectOrEmpty(document.root[EXTENSION]);
  return Object.fromEntries(
    Object.entries(objectOrEmpty(definitions)).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, parseBoundedJson(text)]] : [],
    ),
  );
}
