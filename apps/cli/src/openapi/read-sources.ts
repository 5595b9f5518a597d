import { isDeepStrictEqual } from 'node:util';
import type { Definitions } from '#libs/domain/definition.js';
import type { Endpoint } from '#libs/domain/endpoint.js';
import { jsonTextOf } from '#libs/json/exact-json.js';
import {
  type OperationWarning,
  type ReadingOptions,
  readOperations,
  type SkippedOperation,
} from '#libs/openapi/read-operations.js';
import { TooManyValues } from '#libs/openapi/unusable-document.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
import { Failure } from '../failure.js';
import { proposedBaseDomain } from './base-domain.js';
import { named } from './document-bytes.js';
import type { DocumentAccess } from './document-source.js';
import { type ReadDocument, readDocument, usable } from './read-document.js';

/** BATCH_MAX_BYTES of a registry, unless it is set. */
export const USUAL_BATCH_BYTES = 10 * MEBIBYTE;

/** The endpoints of all documents of an import. */
export interface DescribedEndpoints {
  readonly endpoints: readonly Endpoint[];
  /** What the schemas share, if they do. */
  readonly definitions: Definitions;
  readonly warnings: readonly OperationWarning[];
  readonly skipped: readonly SkippedOperation[];
  /** Files and URLs that the documents refer to, in the order in which they were read. */
  readonly documentsRead: readonly string[];
  /** The base domain that the first document proposes; `undefined` when it names none, or the registered one. */
  readonly proposedBaseDomain: string | undefined;
}

/** A document of an import. */
export interface SourceDescription extends ReadDocument {
  /** The file or URL that was given. */
  readonly source: string;
}

/** Reads all documents of an import. @throws Failure when one of them cannot be used */
export async function readSources(
  sources: readonly string[],
  access: DocumentAccess,
): Promise<SourceDescription[]> {
  const descriptions: SourceDescription[] = [];
  for (const source of sources) descriptions.push({ source, ...(await readDocument(source, access)) });
  return descriptions;
}

/**
 * As {@link readEndpoints}, with schemas that share their definitions when the batch would otherwise exceed what a registry
 * takes by default.
 */
export async function describedEndpoints(
  descriptions: readonly SourceDescription[],
  options: ReadingOptions & { readonly sharesDefinitions: boolean | undefined },
): Promise<DescribedEndpoints> {
  if (options.sharesDefinitions !== undefined) return readEndpoints(descriptions, options);
  const shared = (): Promise<DescribedEndpoints> =>
    readEndpoints(descriptions, { ...options, sharesDefinitions: true });
  try {
    const described = await readEndpoints(descriptions, options);
    const bytes = Buffer.byteLength(jsonTextOf(described.endpoints));
    return bytes > USUAL_BATCH_BYTES - MEBIBYTE ? await shared() : described;
  } catch (error) {
    if (error instanceof Failure && error.cause instanceof TooManyValues) return shared();
    throw error;
  }
}

/**
 * The endpoints of all documents of an import.
 *
 * @throws Failure when a document cannot be used, two describe the same operation, or none describes any
 */
async function readEndpoints(
  descriptions: readonly SourceDescription[],
  options: ReadingOptions,
): Promise<DescribedEndpoints> {
  const endpoints: Endpoint[] = [];
  const definitions: Record<string, unknown> = {};
  const sourceOf = new Map<string, string>();
  const warnings: OperationWarning[] = [];
  const skipped: SkippedOperation[] = [];
  for (const { source, document } of descriptions) {
    const read = await usable(source, () => readOperations(document, options));
    warnings.push(...read.warnings);
    skipped.push(...read.skipped);
    for (const { method, path } of read.endpoints) {
      const operation = `${method} ${path}`;
      const earlier = sourceOf.get(operation) ?? source;
      if (earlier !== source) {
        throw new Failure(
          `${named(source)} describes ${operation}, which ${named(earlier)} describes already`,
        );
      }
      sourceOf.set(operation, source);
    }
    endpoints.push(...read.endpoints);
    for (const [name, schema] of Object.entries(read.definitions)) {
      if (Object.hasOwn(definitions, name) && !isDeepStrictEqual(definitions[name], schema)) {
        throw new Failure(`${named(source)} defines ${name} in another way than a document before it`);
      }
      definitions[name] = schema;
    }
  }
  const names = descriptions.map(({ source }) => named(source)).join(', ');
  if (endpoints.length === 0) {
    throw new Failure([`${names} describes no operation to register`, ...skipped.map(skippedLine)]);
  }
  return {
    endpoints,
    definitions,
    warnings,
    skipped,
    documentsRead: descriptions.flatMap(({ others }) => others),
    proposedBaseDomain: await firstBaseDomain(descriptions, options),
  };
}

async function firstBaseDomain(
  [first]: readonly SourceDescription[],
  options: ReadingOptions,
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  return usable(first.source, () => proposedBaseDomain(first.document, options.baseDomain, options));
}

export function warningLine({ method, path, detail }: OperationWarning): string {
  return `warning  ${method} ${path} ${detail}`;
}

export function skippedLine({ method, path, detail }: SkippedOperation): string {
  return `skipped  ${method} ${path} ${detail}`;
}
