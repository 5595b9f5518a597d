import type { ParserOptions } from '@apidevtools/json-schema-ref-parser';
import { isObject, type JsonObject } from '#libs/openapi/json-object.js';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { isData } from '#libs/openapi/schema-keywords.js';
import { UnusableDocument } from '#libs/openapi/unusable-document.js';
import { Failure } from '../failure.js';
import { documentText, isUrl, named } from './document-text.js';

/**
 * Reads an OpenAPI 3.x or Swagger 2.0 description, JSON or YAML, from a file, a URL or, for `-`, what is piped in. What
 * it refers to beside it is made part of it; Swagger 2.0 becomes OpenAPI 3.0.
 *
 * @throws Failure that says in one line what is wrong with it
 */
export async function readDocument(source: string): Promise<OpenApiDocument> {
  return usable(source, async () => {
    const text = await documentText(source);
    const whole = await bundled(source, await parsed(text));
    return OpenApiDocument.of(isSwagger(whole) ? await converted(whole) : whole);
  });
}

/** Gives what is made of a document, or the {@link Failure} that names it. */
export async function usable<Result>(source: string, make: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof UnusableDocument) throw new Failure(`${named(source)} ${error.message}`);
    throw error;
  }
}

// The packages below take longer to load than most commands take: each is loaded by who needs it.

async function parsed(text: string): Promise<unknown> {
  try {
    // Five times as fast as the YAML parser, which would take it as well.
    if (text.trimStart().startsWith('{')) return JSON.parse(text) as unknown;
  } catch {
    // YAML may begin with a brace, too.
  }
  const { parse } = await import('yaml');
  try {
    return parse(text, { prettyErrors: true });
  } catch (error) {
    throw new UnusableDocument(`is neither YAML nor JSON: ${firstLine(error)}`);
  }
}

function isSwagger(document: unknown): document is JsonObject {
  return isObject(document) && String(document.swagger).startsWith('2.');
}

async function converted(swagger: JsonObject): Promise<unknown> {
  const { convertObj } = await import('swagger2openapi');
  try {
    // Most documents there are have small mistakes, which are no reason not to read them.
    const { openapi } = await convertObj(swagger as never, { patch: true, warnOnly: true, direct: false });
    return openapi;
  } catch (error) {
    throw new UnusableDocument(`cannot be read as Swagger 2.0: ${firstLine(error)}`);
  }
}

/** The document with those others in it that it refers to: files beside a file, or what its own host has. */
async function bundled(source: string, document: unknown): Promise<unknown> {
  const outside = isObject(document) ? referenceOutside(document) : undefined;
  if (outside === undefined) return document;
  if (source === '-') {
    throw new UnusableDocument(`refers to "${outside}", and what is piped in has no place to look for it`);
  }
  const options: ParserOptions = {
    resolve: {
      external: true,
      file: false,
      http: false,
      beside: {
        order: 1,
        canRead: ({ url }: { url: string }) => isBeside(url, source),
        read: ({ url }: { url: string }) => documentText(isUrl(url) ? url : decodeURI(url)),
      },
    },
  };
  const { $RefParser } = await import('@apidevtools/json-schema-ref-parser');
  try {
    return await $RefParser.bundle(source, document as JsonObject, options);
  } catch (error) {
    throw new UnusableDocument(`refers to what cannot be had: ${firstLine(error)}`);
  }
}

function isBeside(url: string, source: string): boolean {
  return isUrl(source) ? isUrl(url) && new URL(url).origin === new URL(source).origin : !isUrl(url);
}

/** The first reference that leads out of the document. */
function referenceOutside(value: unknown): string | undefined {
  if (Array.isArray(value)) return firstOf(value);
  if (!isObject(value)) return undefined;
  if (typeof value.$ref === 'string' && !value.$ref.startsWith('#')) return value.$ref;
  return firstOf(Object.entries(value).flatMap(([key, each]) => (isData(key) ? [] : [each])));
}

function firstOf(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = referenceOutside(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] ?? '';
}
