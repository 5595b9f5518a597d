import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { MEBIBYTE } from '#libs/units/bytes.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';

/** Five times the size of the largest public API. */
const MAX_BYTES = 64 * MEBIBYTE;
const MAX_SECONDS = 120;
/** As many as browsers follow. */
const MAX_REDIRECTS = 20;

/** The limits of a document and everything it refers to: 64 MiB, and two minutes from the first request on. */
export class ReadingLimits {
  private bytes = 0;
  private timer: AbortSignal | undefined;

  get signal(): AbortSignal {
    this.timer ??= AbortSignal.timeout(MAX_SECONDS * 1000);
    return this.timer;
  }

  /** @throws Error when a limit is exceeded */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_BYTES) {
      throw new Error(`it is larger than ${MAX_BYTES / MEBIBYTE} MiB, with what it refers to`);
    }
  }
}

export function isUrl(source: string): boolean {
  return /^https?:/i.test(source);
}

/** The name of a source in messages. User information of a URL, which may hold a password, is left out. */
export function named(source: string): string {
  if (source === '-') return 'What is piped in';
  const url = isUrl(source) ? parsedUrl(source) : undefined;
  if (url !== undefined) return withoutUserInformation(url).href;
  return /^[a-z][a-z0-9+.-]+:.*@/is.test(source) ? 'The URL given (hidden)' : source;
}

export function withoutUserInformation(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** Reads a file or, for `-`, standard input. @throws Error when it cannot be read */
export async function fileBytes(path: string, limits: ReadingLimits): Promise<Uint8Array> {
  return bounded(path === '-' ? process.stdin : createReadStream(path), limits);
}

/** As {@link fileBytes}, but refuses anything except regular files: devices and pipes may have no end. */
export async function regularFileBytes(path: string, limits: ReadingLimits): Promise<Uint8Array> {
  if (!(await stat(path)).isFile()) throw new Error('it is not a regular file');
  if (limits.signal.aborted) throw new Error(tooLate());
  return fileBytes(path, limits);
}

/** Header fields for a URL. */
export type RequestHeaders = (url: URL) => Readonly<Record<string, string>>;

/** How to read a URL. */
export interface Download {
  readonly limits: ReadingLimits;
  readonly headers: RequestHeaders;
  /** Why a URL must not be requested, even if a redirect leads to it; `undefined`: it may. */
  readonly objection: (url: URL) => string | undefined;
}

/**
 * Reads an http(s) URL.
 *
 * @returns its bytes, and the URL that it came from in the end
 * @throws Error when it cannot be read
 */
export async function downloaded(start: URL, download: Download): Promise<{ bytes: Uint8Array; url: URL }> {
  const { limits, headers, objection } = download;
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await asked(url, headers(url), limits);
    const target = redirectTarget(response, url);
    if (target === undefined) {
      if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
      return { bytes: await bounded(response.body, limits), url };
    }
    await response.body?.cancel();
    const reason = isUrl(target.href) ? objection(target) : 'only http and https are followed';
    if (reason !== undefined) throw new Error(`it redirects to ${target.href}: ${reason}`);
    url = target;
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

async function asked(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { signal }: ReadingLimits,
): Promise<Response> {
  try {
    return await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { Accept: 'application/json, application/yaml, */*', ...headers },
    });
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') throw new Error(tooLate(), { cause: error });
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    // A refused connection to a host with several addresses has a cause with a code and an empty message.
    const reason = [cause?.code, cause?.message].find((each) => each !== undefined && each !== '');
    throw new Error(reason ?? message, { cause: error });
  }
}

function redirectTarget({ status, headers }: Response, from: URL): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  if (location === null) return undefined;
  const target = parsedUrl(location, from.href);
  if (target === undefined) throw new Error('it redirects to what is no URL');
  return withoutUserInformation(target);
}

async function bounded(stream: AsyncIterable<Uint8Array>, limits: ReadingLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) {
      limits.count(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    throw (error as Error).name === 'TimeoutError' ? new Error(tooLate(), { cause: error }) : error;
  }
  return Buffer.concat(chunks);
}

function tooLate(): string {
  return `it and what it refers to took longer than ${MAX_SECONDS} s to read`;
}
