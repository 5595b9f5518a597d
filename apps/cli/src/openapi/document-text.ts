import { createReadStream } from 'node:fs';
import { Failure } from '../failure.js';

const MEBIBYTE = 1024 * 1024;
/** Five times what the largest public API takes. */
const MAX_BYTES = 64 * MEBIBYTE;
const TIMEOUT_MS = 60_000;

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * Reads a file, an http(s) URL or, for `-`, what is piped in: 64 MiB at most, a URL in a minute at most.
 *
 * @throws Failure that says in one line what hinders
 */
export async function documentText(source: string): Promise<string> {
  try {
    if (source === '-') return await bounded(process.stdin);
    return isUrl(source) ? await downloaded(source) : await bounded(createReadStream(source));
  } catch (error) {
    const { message, cause, code } = error as Error & { cause?: NodeJS.ErrnoException; code?: string };
    const reason = [cause?.code, code, cause?.message].find((each) => each !== undefined && each !== '');
    throw new Failure(`${named(source)} cannot be read: ${reason ?? message}`);
  }
}

/** What people call a source. */
export function named(source: string): string {
  return source === '-' ? 'What is piped in' : source;
}

async function downloaded(url: string): Promise<string> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { Accept: 'application/json, application/yaml, */*' },
  });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  return bounded(response.body);
}

async function bounded(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / MEBIBYTE} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
