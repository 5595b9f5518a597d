import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DocumentSet, OutsideReference, SourceDocument } from '#libs/openapi/document-set.js';
import { documentValue } from '#libs/openapi/document-value.js';
import { isObject, type JsonObject } from '#libs/openapi/json-object.js';
import { UnusableDocument } from '#libs/openapi/unusable-document.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';
import { Failure, WrongUsage } from '../failure.js';
import {
  downloaded,
  fileBytes,
  isUrl,
  named,
  ReadingLimits,
  regularFileBytes,
  type RequestHeaders,
  withoutUserInformation,
} from './document-bytes.js';

const MAX_DOCUMENTS = 5000;
const MAX_DEPTH = 50;

/** Which documents may be read, and how. */
export interface DocumentAccess {
  /** Folders, files and URLs that references may lead to, besides the own folder or URL of the document. */
  readonly allowed: readonly string[];
  /** Header fields for the origin of the document's URL, by name. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads a description and decides which other documents are read for it: those below the root's own folder, by real
 * path, or below its own origin and path; those below what the operator allows; no others.
 */
export class DocumentSource implements DocumentSet {
  /** The root document, which the operator chose: read wherever it is. */
  readonly root: SourceDocument;
  private readonly documents = new Map<string, SourceDocument>();
  private readonly names: string[] = [];

  private constructor(
    root: SourceDocument,
    private readonly base: string | undefined,
    private readonly allowed: readonly string[],
    private readonly limits: ReadingLimits,
    private readonly headers: RequestHeaders,
  ) {
    this.root = root;
    if (root.url !== undefined) this.documents.set(root.url.href, root);
  }

  /**
   * @param source a file, an http(s) URL, or `-` for standard input; after redirects, the final URL is the root's own
   * place
   * @param access folders, files and URLs that references may lead to as well, and header fields
   * @throws WrongUsage when an allowed prefix is invalid; Failure when the root cannot be read; UnusableDocument when
   * it is not JSON or YAML
   */
  static async open(source: string, { allowed, headers: given }: DocumentAccess): Promise<DocumentSource> {
    const prefixes = await Promise.all(allowed.map(prefixOf));
    const limits = new ReadingLimits();
    const headers = headersOf(source, given);
    const { bytes, url } = await rootBytes(source, limits, headers).catch((error: unknown) => {
      throw new Failure(`${named(source)} cannot be read: ${reasonOf(error)}`);
    });
    const base = url === undefined ? undefined : await prefixBelow(url);
    const root = { url, value: await documentValue(bytes, url?.href), depth: 0 };
    return new DocumentSource(root, base, prefixes, limits, headers);
  }

  /** Every other document that was read, in that order: paths relative to the root's folder, or URLs. */
  get others(): readonly string[] {
    return this.names;
  }

  /**
   * Reads the document of a reference, once.
   *
   * @throws UnusableDocument when it must not or cannot be read
   */
  async read(from: OutsideReference): Promise<SourceDocument> {
    const url = this.target(from);
    const known = this.documents.get(url.href);
    if (known !== undefined) return known;
    const fail = (reason: string): never => {
      throw new UnusableDocument(`refers ${this.placed(from)}: ${reason}`);
    };
    if (from.document.depth >= MAX_DEPTH) {
      fail(`it is the end of a chain of more than ${MAX_DEPTH} documents`);
    }
    if (this.names.length >= MAX_DOCUMENTS) fail(`more than ${MAX_DOCUMENTS} documents are referred to`);
    const name = withoutUserInformation(url).href;
    try {
      const read = url.protocol === 'file:' ? await this.file(url) : await this.download(url);
      this.names.push(read.name);
      const document = {
        url: read.url,
        value: this.described(await documentValue(read.bytes, read.url.href)),
        depth: from.document.depth + 1,
      };
      this.documents.set(url.href, document).set(read.url.href, document);
      return document;
    } catch (error) {
      return fail(error instanceof NotAllowed ? error.message : `${name} ${causeOf(error)}`);
    }
  }

  /** A document that was read already; `undefined`: it was not. */
  known(reference: string, document: SourceDocument): SourceDocument | undefined {
    if (reference.startsWith('#')) return document;
    const url = resolved(reference, document);
    return url === undefined ? undefined : this.documents.get(url.href);
  }

  /** A reference in messages: its text and its place. */
  placed({ reference, document, pointer }: OutsideReference): string {
    const where = document.url === undefined ? '' : ` of ${this.nameOf(document.url)}`;
    return `to "${reference}" at ${pointer}${document === this.root ? '' : where}`;
  }

  private target(from: OutsideReference): URL {
    const url = resolved(from.reference, from.document);
    if (url !== undefined) return url;
    throw new UnusableDocument(
      from.document.url === undefined
        ? `refers ${this.placed(from)}, and what is piped in has no place to look for it`
        : `refers ${this.placed(from)}, which is no reference to a file or URL`,
    );
  }

  private async file(url: URL): Promise<{ bytes: Uint8Array; url: URL; name: string }> {
    if (url.host !== '') throw new NotAllowed('files of other hosts are not read');
    const path = await realpath(fileURLToPath(url));
    if (!this.isAllowed((prefix) => isPathBelow(path, prefix))) throw this.notAllowed(path);
    return { bytes: await regularFileBytes(path, this.limits), url, name: this.nameOf(pathToFileURL(path)) };
  }

  private async download(url: URL): Promise<{ bytes: Uint8Array; url: URL; name: string }> {
    const objection = (target: URL): string | undefined =>
      this.isAllowed((prefix) => isUrlBelow(target, prefix))
        ? undefined
        : this.notAllowed(target.href).message;
    const reason =
      url.username === '' && url.password === '' ? objection(url) : 'it carries user information';
    if (reason !== undefined) throw new NotAllowed(reason);
    const { limits, headers } = this;
    const { bytes, url: final } = await downloaded(url, { limits, headers, objection });
    return { bytes, url: withoutFragment(final), name: final.href };
  }

  private isAllowed(isBelow: (prefix: string) => boolean): boolean {
    return (this.base !== undefined && isBelow(this.base)) || this.allowed.some(isBelow);
  }

  private notAllowed(target: string): NotAllowed {
    const own = this.base === undefined ? 'what is piped in has no folder' : `it is not below ${this.base}`;
    return new NotAllowed(`${target} is not read, because ${own}; --allow-reference ${target} allows it`);
  }

  private nameOf(url: URL): string {
    if (url.protocol !== 'file:') return url.href;
    const path = fileURLToPath(url);
    return this.base !== undefined && isPathBelow(path, this.base) ? relative(this.base, path) : path;
  }

  private described(value: unknown): JsonObject {
    if (isObject(value)) return value;
    throw new UnusableDocument('is no JSON or YAML object, so that it is no schema');
  }
}

class NotAllowed extends Error {}

async function rootBytes(
  source: string,
  limits: ReadingLimits,
  headers: RequestHeaders,
): Promise<{ bytes: Uint8Array; url: URL | undefined }> {
  if (source === '-') return { bytes: await fileBytes(source, limits), url: undefined };
  if (!isUrl(source)) {
    const bytes = await fileBytes(source, limits);
    const path = resolve(source);
    // The folder by its real path, so that a reference back to the root finds the same document.
    return { bytes, url: pathToFileURL(join(await realpath(dirname(path)), basename(path))) };
  }
  const start = parsedUrl(source);
  if (start === undefined) throw new Error('it is not a URL');
  const { bytes, url } = await downloaded(withoutFragment(withoutUserInformation(start)), {
    limits,
    headers,
    objection: () => undefined,
  });
  return { bytes, url: withoutFragment(url) };
}

/** Header fields for the origin of the source only, wherever redirects and references lead. */
function headersOf(source: string, given: DocumentAccess['headers']): RequestHeaders {
  const start = isUrl(source) ? parsedUrl(source) : undefined;
  if (start === undefined) return () => ({});
  const credentials = [start.username, start.password].map(percentDecoded).join(':');
  const headers = {
    ...(credentials !== ':' && { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    ...given,
  };
  return ({ origin }) => (origin === start.origin ? headers : {});
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An operator's prefix as {@link isPathBelow} or {@link isUrlBelow} take it. */
async function prefixOf(given: string): Promise<string> {
  if (isUrl(given)) {
    const url = parsedUrl(given);
    if (url === undefined || given.includes('@') || url.search !== '') {
      throw new WrongUsage(
        '--allow-reference: the URL must be well-formed, without user information and query',
      );
    }
    return withoutFragment(url).href;
  }
  return realpath(given).catch((error: unknown) => {
    throw new WrongUsage(
      `--allow-reference: ${given} is neither an http(s) URL nor a folder or file (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  });
}

/** The folder of a document as a prefix. */
async function prefixBelow(url: URL): Promise<string> {
  return url.protocol === 'file:' ? realpath(dirname(fileURLToPath(url))) : new URL('.', url).href;
}

function isPathBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith(sep) ? prefix : `${prefix}${sep}`);
}

function isUrlBelow(url: URL, prefix: string): boolean {
  const allowed = parsedUrl(prefix);
  if (allowed?.origin !== url.origin || !isUrl(url.href)) return false;
  // Servers may decode a slash, and then take ".." for the folder above.
  if (/%(2f|5c)/i.test(url.pathname)) return false;
  const { pathname } = allowed;
  return (
    url.pathname === pathname || url.pathname.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`)
  );
}

function resolved(reference: string, { url }: SourceDocument): URL | undefined {
  const target = parsedUrl(reference, url?.href);
  if (target === undefined || !/^(https?|file):$/.test(target.protocol)) return undefined;
  return withoutFragment(target);
}

function withoutFragment(url: URL): URL {
  const plain = new URL(url);
  plain.hash = '';
  return plain;
}

function causeOf(error: unknown): string {
  return error instanceof UnusableDocument ? error.message : `cannot be read: ${reasonOf(error)}`;
}

function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return code ?? message;
}
