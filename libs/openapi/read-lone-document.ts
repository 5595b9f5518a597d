import { jsonTextOf } from '../json/exact-json.js';
import { readDescription } from './description.js';
import type { DocumentSet, SourceDocument } from './document-set.js';
import { documentValue } from './document-value.js';
import { type OperationWarning, type ReadOperations, readOperations } from './read-operations.js';
import { TooManyValues, UnusableDocument } from './unusable-document.js';

/** Below what a registry takes by default. */
const INLINE_LENGTH = 9_000_000;

/** The endpoints of a document as the registry takes them. */
export interface LoneDocument {
  /** The body of a registration: JSON in which numbers keep their digits. */
  readonly body: string;
  readonly endpoints: number;
  /** Sentences about operations that are not as they could be, or are left out. */
  readonly notes: readonly string[];
}

/**
 * Reads an OpenAPI 3.x document that refers to no other one, wherever there is no disk and no other origin.
 *
 * @param baseDomain that of the environment the endpoints are for
 * @throws Error that says what is wrong with it
 */
export async function readLoneDocument(bytes: Uint8Array, baseDomain: string | null): Promise<LoneDocument> {
  try {
    const root = { url: undefined, value: await documentValue(bytes), depth: 0 };
    const document = await readDescription(alone(root));
    const read = (sharesDefinitions: boolean): ReadOperations =>
      readOperations(document, { baseDomain, sharesDefinitions });
    const { endpoints, definitions, warnings, skipped } = bounded(read);
    const batch = { endpoints, ...(Object.keys(definitions).length > 0 && { definitions }) };
    return {
      body: jsonTextOf(batch),
      endpoints: endpoints.length,
      notes: [...warnings.map(sentence), ...skipped.map((each) => `${sentence(each)} (left out)`)],
    };
  } catch (error) {
    if (error instanceof UnusableDocument)
      throw new Error(`The document ${error.message}.`, { cause: error });
    throw error;
  }
}

/** Schemas share their definitions where the copies would be too large. */
function bounded(read: (sharesDefinitions: boolean) => ReadOperations): ReadOperations {
  try {
    const inline = read(false);
    return jsonTextOf(inline.endpoints).length > INLINE_LENGTH ? read(true) : inline;
  } catch (error) {
    if (error instanceof TooManyValues) return read(true);
    throw error;
  }
}

function alone(root: SourceDocument): DocumentSet {
  return {
    root,
    read: ({ reference }) =>
      Promise.reject(
        new UnusableDocument(`refers to "${reference}": the command line reads documents of several files`),
      ),
    known: (reference, document) => (reference.startsWith('#') ? document : undefined),
  };
}

function sentence({ method, path, detail }: OperationWarning): string {
  return `${method} ${path} ${detail}`;
}
